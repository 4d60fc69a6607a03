import assert from "node:assert/strict";
import { deleteExpired } from "../../src/operations/retention.ts";
import { deleteProject } from "../../src/projects/projects.ts";
import { startEventStream } from "../../src/event_stream/event_stream.ts";
import { OPEN_STREAMS } from "../../src/event_stream/open_streams.ts";
import { DAY, HOUR } from "../../src/platform/clock.ts";
import { EventReader } from "../support/event_stream.ts";
import { addProject } from "../support/webhooks.ts";
import { World } from "../support/world.ts";

/** Protects: GET /api/v1/events/stream keeps its contract, status by status, and loses and repeats no event. */

Deno.test("200 sends what webhooks send, as it is committed, in order", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await addProject(acme, "Before");
  await using reader = await EventReader.open(world, { token: await world.token(acme) });

  const project = await addProject(acme, "Apollo");
  await deleteProject(acme.ctx, project.id);
  const [created, deleted, ...others] = await reader.receive(2);

  assert.equal(reader.headers["content-type"], "text/event-stream");
  assert.equal(reader.headers["cache-control"], "no-store");
  assert.equal(reader.headers["x-accel-buffering"], "no");
  assert.equal(reader.headers["content-encoding"], undefined);
  assert.equal(created!.event, "project.created");
  assert.deepEqual(created!.data, {
    type: "project.created",
    timestamp: "2026-03-02T09:00:00.000Z",
    data: {
      id: project.id,
      name: "Apollo",
      description: "",
      status: "active",
      owner_id: acme.owner.id,
      created_at: "2026-03-02T09:00:00.000Z",
      updated_at: "2026-03-02T09:00:00.000Z",
    },
  });
  assert.equal(deleted!.event, "project.deleted");
  assert.ok(created!.id < deleted!.id);
  assert.deepEqual(others, []);
});

Deno.test("200 continues after Last-Event-ID, without a gap and without a repeat", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const names = Array.from({ length: 120 }, (_, number) => `Project ${number}`);
  let lastEventId: string;
  {
    await using reader = await EventReader.open(world, { token });
    lastEventId = reader.lastEventId;
  }

  for (const name of names) await addProject(acme, name);
  await using all = await EventReader.open(world, { token, lastEventId });
  const received = [...await all.receive(names.length)];
  await using rest = await EventReader.open(world, { token, lastEventId: received[99]!.id.toUpperCase() });
  const remaining = await rest.receive(20);

  assert.deepEqual(received.map(({ data }) => data.data.name), names);
  assert.deepEqual(received.map(({ id }) => id), received.map(({ id }) => id).toSorted());
  assert.deepEqual(remaining, received.slice(100));
});

Deno.test("200 begins with a reset if the last event isn't known, or events after it are gone", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  await addProject(acme, "First");
  await using live = await EventReader.open(world, { token });
  const first = live.lastEventId;
  await addProject(acme, "Second");
  const [second] = await live.receive(1);

  const unknown = ["nonsense", "ffffffff-ffff-7fff-bfff-ffffffffffff"];
  for (const lastEventId of unknown) {
    await using reader = await EventReader.open(world, { token, lastEventId });
    const [reset] = await reader.receive(1);
    assert.deepEqual(reset, { id: second!.id, event: "reset", data: { type: "reset" } });
  }

  world.clock.advance(DAY + HOUR);
  await deleteExpired(world.system);
  const tomorrow = await world.token(acme);
  await using withinADay = await EventReader.open(world, { token: tomorrow, lastEventId: first });
  assert.deepEqual(await withinADay.receive(1), [second]);

  world.clock.advance(DAY);
  await deleteExpired(world.system);
  const later = await world.token(acme);
  await using tooLate = await EventReader.open(world, { token: later, lastEventId: first });
  await using justInTime = await EventReader.open(world, { token: later, lastEventId: second!.id });
  await addProject(acme, "Third");
  assert.deepEqual((await tooLate.receive(2)).map(({ event }) => event), ["reset", "project.created"]);
  assert.deepEqual((await justInTime.receive(1)).map(({ data }) => data.data.name), ["Third"]);
});

Deno.test("200 without a body for HEAD", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const headers = { Authorization: `Bearer ${await world.token(acme)}` };

  const answer = await world.raw("HEAD", world.host(), "/api/v1/events/stream", headers);

  assert.deepEqual([answer.status, answer.text], [200, ""]);
  assert.equal(answer.headers["content-type"], "text/event-stream");
  assert.equal(world.services.use(OPEN_STREAMS).count, 0);
});

Deno.test("401 without credentials, 400 if no tenant is named", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex", "Globex", acme.owner);

  const nobody = await world.api("GET", "/events/stream");
  const unclear = await world.api("GET", "/events/stream", {
    token: await world.accountToken(acme.owner.email),
  });

  assert.deepEqual([nobody.status, unclear.status], [401, 400]);
});

Deno.test("429 for more than ten streams of a caller, and for more than the plan allows, until one is closed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const ben = await world.member(acme, "ben@acme.example", "member");
  const token = await world.token(acme);
  const readers = [];
  for (let count = 0; count < 10; count++) readers.push(await EventReader.open(world, { token }));

  const eleventh = await world.api("GET", "/events/stream", { token });
  const ofBen = await world.api("GET", "/events/stream", { token: await world.token(acme, ben.email) });
  await readers[0]![Symbol.asyncDispose]();
  await closedIn(world, 9);
  const again = await world.api("GET", "/events/stream", { token });

  assert.deepEqual([eleventh.status, ofBen.status, again.status], [429, 429, 200]);
  assert.equal(eleventh.headers["retry-after"], "10");
  assert.deepEqual(eleventh.json["violated-policies"], ["event_streams"]);
  assert.equal(
    eleventh.headers["ratelimit-policy"],
    `"plan";q=60;w=60, "event_streams";q=10;qu="concurrent-requests"`,
  );
  assert.equal(eleventh.headers["ratelimit"], `"plan";r=49;t=60, "event_streams";r=0;t=10`);
  assert.match(ofBen.json.detail, /^Your plan allows 10 open event streams/);
});

Deno.test("503 while the server is stopping, which ends all streams", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  await using reader = await EventReader.open(world, { token });

  await world.services.use(OPEN_STREAMS).close();
  await reader.closed();
  const answer = await world.api("GET", "/events/stream", { token });

  assert.equal(answer.status, 503);
  assert.ok(answer.headers["retry-after"]);
});

Deno.test("a client that doesn't read is skipped, and gets everything when it reads again", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const [received, slow] = [[] as string[], { isReady: false }];
  const ctx = acme.ctx as unknown as Parameters<typeof startEventStream>[0];
  const stream = await startEventStream(ctx, undefined, {
    isReady: () => slow.isReady,
    send: ({ type }) => received.push(type),
    end: () => {},
  });
  await using other = await EventReader.open(world, { token: await world.token(acme) });

  await addProject(acme, "Apollo");
  await other.receive(1);
  assert.deepEqual(received, []);
  slow.isReady = true;
  await addProject(acme, "Gemini");
  await other.receive(2);
  stream.stop();

  assert.deepEqual(received, ["project.created", "project.created"]);
});

/** Waits until the server has noticed that clients left. */
async function closedIn(world: World, open: number): Promise<void> {
  const streams = world.services.use(OPEN_STREAMS);
  while (streams.count > open) await new Promise((done) => setTimeout(done, 20));
}
