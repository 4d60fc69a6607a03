import { eq } from "drizzle-orm";
import type { ServerResponse } from "node:http";
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { webhookEvents } from "../../db/control/schema/webhooks.ts";
import { invite } from "../../src/access/invitations.ts";
import { AUDIT_LIST, listAudit } from "../../src/audit/entries.ts";
import { publish } from "../../src/events/publish.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/platform/clock.ts";
import { deleteProject, PROJECT_CREATED, updateProject } from "../../src/projects/projects.ts";
import { resumeTenant, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { replayEndpoint, resend } from "../../src/webhooks/deliveries.ts";
import { getEndpoint, rotateSecret, updateEndpoint } from "../../src/webhooks/endpoints.ts";
import { TEST_EVENT } from "../../src/webhooks/event_filter.ts";
import { sendTestEvent } from "../../src/webhooks/test_event.ts";
import { startWorker, until } from "../support/jobs.ts";
import { Receiver } from "../support/receiver.ts";
import {
  addProject,
  addWebhook,
  attemptsOf,
  deliveriesOf,
  emailsAbout,
  openWebhookWorld,
} from "../support/webhooks.ts";

/** Protects: an event reaches every endpoint that wants it, signed, exactly as it happened, until it is accepted. */

Deno.test("a change becomes one signed delivery for each endpoint that wants it, and none without a change", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const all = await addWebhook(acme, receiver.url("/all"));
  const created = await addWebhook(acme, receiver.url("/created"), {
    events: ["project.created"],
    headers: { "X-Key": "k1" },
  });
  await addWebhook(acme, receiver.url("/members"), { events: ["member.*"] });
  await addWebhook(globex, receiver.url("/globex"));
  await using worker = await startWorker(world, "kv");

  const project = await addProject(acme);
  await updateProject(acme.ctx, project.id, { name: "Apollo 11" });
  await updateProject(acme.ctx, project.id, { name: "Apollo 11" });
  await invite(acme.ctx, { email: "ben@acme.example", role: "member" });
  await deleteProject(acme.ctx, project.id);
  await assert.rejects(acme.ctx.tx(async (tx) => {
    await publish(acme.ctx, tx, PROJECT_CREATED, { after: project });
    throw new Error("rolled back");
  }));
  await worker.idle();

  assert.deepEqual(receiver.received.map(({ path, body }) => `${path} ${JSON.parse(body).type}`).sort(), [
    "/all member.invited",
    "/all project.created",
    "/all project.deleted",
    "/all project.updated",
    "/created project.created",
    "/members member.invited",
  ]);
  const sent = receiver.received.find(({ path }) => path === "/created")!;
  const message = new Webhook(created.secret).verify(sent.body, sent.headers) as Record<string, unknown>;
  new SvixWebhook(created.secret).verify(sent.body, sent.headers);
  assert.throws(() => new SvixWebhook(all.secret).verify(sent.body, sent.headers));
  assert.throws(() => new Webhook(all.secret).verify(sent.body, sent.headers));
  assert.equal(sent.headers["x-key"], "k1");
  assert.equal(sent.headers["content-type"], "application/json");
  const { json } = await world.api("POST", "/projects", {
    token: await world.token(acme),
    body: { name: "Gemini" },
  });
  assert.deepEqual(Object.keys(message), ["type", "timestamp", "data"]);
  assert.deepEqual(
    Object.keys(message.data as object),
    Object.keys(json),
    "the data is what the API answers",
  );
  const [event] = await world.system.control.select().from(webhookEvents)
    .where(eq(webhookEvents.id, sent.headers["webhook-id"]!));
  assert.equal(event!.body, sent.body);
});

Deno.test("a failed delivery is tried ten times with the same ID and new timestamps, then someone is told once", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const { id, secret } = await addWebhook(acme, receiver.url());
  receiver.answer(500, { "Content-Type": "text/plain" }, "out of order");
  await using worker = await startWorker(world, "kv");

  await addProject(acme);
  await worker.idle();
  for (
    const pause of [
      5 * SECOND,
      5 * MINUTE,
      30 * MINUTE,
      2 * HOUR,
      5 * HOUR,
      10 * HOUR,
      14 * HOUR,
      20 * HOUR,
      DAY,
    ]
  ) {
    const before = receiver.received.length;
    world.clock.advance(pause - SECOND);
    await worker.idle();
    assert.equal(receiver.received.length, before, "not before the pause is over");
    world.clock.advance(pause * 0.1 + 2 * SECOND);
    await worker.idle();
    assert.equal(receiver.received.length, before + 1);
  }

  const headers = receiver.received.map(({ headers }) => headers);
  assert.equal(headers.length, 10);
  assert.equal(new Set(headers.map((each) => each["webhook-id"])).size, 1);
  assert.equal(new Set(headers.map((each) => each["webhook-timestamp"])).size, 10);
  const [delivery] = await deliveriesOf(world, acme);
  assert.deepEqual([delivery!.status, delivery!.attempts, delivery!.error], ["failed", 10, "refused"]);
  const attempts = await attemptsOf(acme, delivery!.id);
  assert.deepEqual(attempts.map(({ number }) => number), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual([attempts[0]!.responseStatus, attempts[0]!.responseBody], [500, "out of order"]);
  assert.equal((await emailsAbout(world, acme, "webhook_failing")).length, 1);

  await addProject(acme, "Second");
  await worker.idle();
  for (let attempt = 0; attempt < 9; attempt++) {
    world.clock.advance(1.2 * DAY);
    await worker.idle();
  }
  assert.equal(
    (await emailsAbout(world, acme, "webhook_failing")).length,
    1,
    "told once until it works again",
  );

  receiver.answer(204);
  await updateEndpoint(acme.ctx, id, { status: "active" });
  await resend(acme.ctx, delivery!.id);
  await worker.idle();
  const last = receiver.received.at(-1)!;
  assert.equal(last.headers["webhook-id"], headers[0]!["webhook-id"]);
  assert.throws(() => new Webhook(secret).verify(last.body, { ...last.headers, "webhook-timestamp": "1" }));
  const [again] = await deliveriesOf(world, acme);
  assert.deepEqual([again!.status, again!.attempts], ["delivered", 11]);
  assert.equal((await getEndpoint(acme.ctx, id)).failingSince, null);
});

Deno.test("the time in which a workspace is suspended doesn't count as failing", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const { id } = await addWebhook(acme, receiver.url());
  receiver.answer(503);
  await using worker = await startWorker(world, "kv");
  const failAfter = async (pause: number) => {
    world.clock.advance(pause);
    await sendTestEvent(acme.ctx, id, { event: TEST_EVENT });
    await worker.idle();
    return (await getEndpoint(acme.ctx, id)).status;
  };
  const platform = async () => await openTenant(world.system, acme.tenant.id);

  const before = [await failAfter(0), await failAfter(DAY)];
  await suspendTenant(await platform(), { reason: "An invoice is open." });
  world.clock.advance(10 * DAY);
  await resumeTenant(await platform());
  const resumed = [await failAfter(0), await failAfter(DAY), await failAfter(3.9 * DAY)];
  const fiveDaysLater = [await failAfter(0.2 * DAY), await failAfter(13 * HOUR)];

  assert.deepEqual([...before, ...resumed], ["active", "active", "active", "active", "active"]);
  assert.deepEqual(fiveDaysLater, ["active", "disabled"]);
});

Deno.test("an endpoint that fails for five days and again half a day later is turned off, and its owner is told", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const { id } = await addWebhook(acme, receiver.url());
  receiver.answer(503);
  await using worker = await startWorker(world, "kv");
  const failAfter = async (pause: number) => {
    world.clock.advance(pause);
    await sendTestEvent(acme.ctx, id, { event: TEST_EVENT });
    await worker.idle();
    return (await getEndpoint(acme.ctx, id)).status;
  };

  const statuses = [await failAfter(0), await failAfter(4.9 * DAY), await failAfter(0.2 * DAY)];
  const early = await failAfter(6 * HOUR);
  const late = await failAfter(7 * HOUR);

  assert.deepEqual([...statuses, early, late], ["active", "active", "active", "active", "disabled"]);
  assert.equal((await getEndpoint(acme.ctx, id)).disabledReason, "failing");
  const [email] = await emailsAbout(world, acme, "webhook_disabled");
  assert.match(email!.text, /has failed for\s+more than five days/);
  const deliveries = await deliveriesOf(world, acme);
  assert.ok(deliveries.every(({ status }) => status !== "pending"), "what waited is kept as skipped");
  await addProject(acme);
  await worker.idle();
  assert.equal((await deliveriesOf(world, acme)).at(-1)!.status, "skipped");
  const log = await listAudit(acme.ctx, AUDIT_LIST.query.parse({ action: "webhook_endpoint.disabled" }));
  assert.equal(log.items.length, 1);
});

Deno.test("410 turns an endpoint off at once; skipped events are sent when someone replays them, to that endpoint only", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const gone = await addWebhook(acme, receiver.url("/gone"));
  await addWebhook(acme, receiver.url("/other"));
  receiver.respond = (response, { path }) => response.writeHead(path === "/gone" ? 410 : 204).end();
  await using worker = await startWorker(world, "kv");
  const since = world.clock.now().toISOString();

  await addProject(acme);
  await worker.idle();
  world.clock.advance(MINUTE);
  await addProject(acme, "Second");
  await worker.idle();
  const counted = () => Object.groupBy(receiver.received, ({ path }) => path);

  assert.equal((await getEndpoint(acme.ctx, gone.id)).disabledReason, "gone");
  assert.match((await emailsAbout(world, acme, "webhook_disabled"))[0]!.text, /410 Gone/);
  assert.deepEqual([counted()["/gone"]!.length, counted()["/other"]!.length], [1, 2]);
  await assert.rejects(replayEndpoint(acme.ctx, gone.id, { since, only: "failed" }), /turned off/);

  receiver.answer(204);
  await updateEndpoint(acme.ctx, gone.id, { status: "active" });
  const failed = await replayEndpoint(acme.ctx, gone.id, { since, only: "failed" });
  await worker.idle();
  const none = await replayEndpoint(acme.ctx, gone.id, { since, only: "failed" });
  const all = await replayEndpoint(acme.ctx, gone.id, { since, only: "all" });
  await worker.idle();

  assert.deepEqual([failed, none, all], [2, 0, 2]);
  assert.deepEqual([counted()["/gone"]!.length, counted()["/other"]!.length], [5, 2]);
});

Deno.test("an endpoint gets no more attempts a second than its limit", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  await addWebhook(acme, receiver.url(), { rateLimit: 2 });
  await using worker = await startWorker(world, "kv");

  for (let number = 0; number < 6; number++) await addProject(acme, `Project ${number}`);
  await worker.idle();
  const counts = [receiver.received.length];
  for (let second = 0; second < 3; second++) {
    world.clock.advance(SECOND);
    await worker.idle();
    counts.push(receiver.received.length);
  }

  assert.deepEqual(counts, [1, 3, 5, 6]);
});

Deno.test("S68 a secret changed between two attempts signs with both for 24 hours, then only the new one does", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const { id, secret: former } = await addWebhook(acme, receiver.url());
  receiver.answer(503, { "Retry-After": "120" });
  await using worker = await startWorker(world, "kv");

  await addProject(acme);
  await worker.idle();
  const { secret } = await rotateSecret(acme.ctx, id);
  receiver.answer(204);
  world.clock.advance(119 * SECOND);
  await worker.idle();
  assert.equal(receiver.received.length, 1, "not before the 120 seconds of Retry-After");
  world.clock.advance(2 * SECOND);
  await worker.idle();
  const [first, second] = receiver.received as [typeof receiver.received[0], typeof receiver.received[0]];
  world.clock.advance(DAY);
  await addProject(acme, "Later");
  await worker.idle();
  const third = receiver.received[2]!;

  assert.equal(second.headers["webhook-id"], first.headers["webhook-id"]);
  assert.notEqual(second.headers["webhook-timestamp"], first.headers["webhook-timestamp"]);
  assert.equal(second.headers["webhook-signature"]!.split(" ").length, 2);
  for (const each of [secret, former]) verifyAt(each, second);
  verifyAt(secret, third);
  assert.throws(() => verifyAt(former, third), /No matching signature/);
});

Deno.test("ten receivers that never answer hold five slots each; the tenant's other receiver and its neighbors go on", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const hanging: ServerResponse[] = [];
  receiver.respond = (response, { path }) => {
    if (path === "/hangs") hanging.push(response);
    else response.writeHead(204).end();
  };
  for (let number = 0; number < 10; number++) await addWebhook(acme, receiver.url("/hangs"));
  await addWebhook(acme, receiver.url("/acme"));
  await addWebhook(globex, receiver.url("/globex"));
  await using worker = await startWorker(world, "kv");
  const countOf = (wanted: string) => receiver.received.filter(({ path }) => path === wanted).length;

  for (let number = 0; number < 7; number++) await addProject(acme, `Project ${number}`);
  await until(() => hanging.length === 50 && countOf("/acme") === 7);
  await addProject(acme, "While others hang");
  await addProject(globex, "While others hang");
  await until(() => countOf("/acme") === 8 && countOf("/globex") === 1);

  assert.equal(hanging.length, 50);
  receiver.answer(204);
  for (const response of hanging) response.writeHead(204).end();
  await worker.idle();
  assert.equal(countOf("/hangs"), 80);
});

/** Verifies a signature, whatever its age. */
function verifyAt(
  secret: string,
  { body, headers }: { body: string; headers: Record<string, string> },
): void {
  const at = new Date(Number(headers["webhook-timestamp"]) * SECOND);
  const expected = new Webhook(secret).sign(headers["webhook-id"]!, at, body);
  if (!headers["webhook-signature"]!.split(" ").includes(expected)) throw new Error("No matching signature");
}
