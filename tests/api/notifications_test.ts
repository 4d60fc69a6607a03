import assert from "node:assert/strict";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { feedOf, firstOf, runJobs, tellJoined } from "../support/notifications.ts";
import { World } from "../support/world.ts";

/** Protects: /api/v1/notifications keeps its contract, status by status. */

Deno.test("200 lists what the caller was told in the tenant, newest first, page by page", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  for (const name of ["Ada", "Ben", "Cleo"]) {
    world.clock.advance(MINUTE);
    await tellJoined(world, acme, [name]);
    await runJobs(world);
  }

  const first = await world.api("GET", "/notifications?limit=2", { token });
  const second = await world.api("GET", `/notifications?limit=2&cursor=${first.json.next_cursor}`, { token });

  assert.equal(first.status, 200);
  const [latest] = first.json.data;
  assert.deepEqual(latest, {
    id: latest.id,
    kind: "joined",
    text: "Cleo joined the workspace as member.",
    data: { user_id: latest.data.user_id, name: "Cleo", role: "member" },
    link: `http://${world.host("acme")}/notifications/${latest.id}`,
    created_at: world.clock.now().toISOString(),
    read_at: null,
  });
  assert.deepEqual(first.json.data.map(({ data }: { data: { name: string } }) => data.name), ["Cleo", "Ben"]);
  assert.deepEqual(second.json.data.map(({ data }: { data: { name: string } }) => data.name), ["Ada"]);
  assert.equal(second.json.next_cursor, null);
});

Deno.test("204 marks a notification as read, once, and the filter follows", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  await tellJoined(world, acme, ["Ada", "Ben"]);
  await runJobs(world);
  const { id } = await firstOf(world, acme.owner);

  const read = await world.api("POST", `/notifications/${id}/read`, { token });
  world.clock.advance(MINUTE);
  const again = await world.api("POST", `/notifications/${id}/read`, { token });
  const unread = await world.api("GET", "/notifications?status=unread", { token });
  const done = await world.api("GET", "/notifications?status=read", { token });

  assert.deepEqual([read.status, again.status], [204, 204]);
  assert.equal(unread.json.data.length, 1);
  assert.deepEqual(done.json.data.map((one: { id: string }) => one.id), [id]);
  assert.notEqual(done.json.data[0].read_at, world.clock.now().toISOString());
});

Deno.test("401 without credentials, 403 for an API key, 404 for what isn't the caller's, 422 for another filter", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const viewer = await world.member(acme, "vera@acme.example", "viewer");
  const key = await createApiKey(acme.ctx, newApiKey.parse({ name: "CI", permissions: ["members:manage"] }));
  await tellJoined(world, acme, ["Ada"]);
  await runJobs(world);
  const { id } = await firstOf(world, acme.owner);
  const token = await world.token(acme, viewer.email);
  const withKey = { headers: { "X-API-Key": key!.apiKey } };

  const anonymous = await world.api("GET", "/notifications");
  const program = await world.api("GET", "/notifications", withKey);
  const programReads = await world.api("POST", `/notifications/${id}/read`, withKey);
  const others = await world.api("POST", `/notifications/${id}/read`, { token });
  const unknown = await world.api("POST", "/notifications/none/read", { token });
  const wrong = await world.api("GET", "/notifications?status=new", { token });
  const [kept] = await feedOf(world, acme.owner);

  assert.equal(anonymous.status, 401);
  assert.deepEqual([program.status, programReads.status], [403, 403]);
  assert.deepEqual([others.status, unknown.status], [404, 404]);
  assert.equal(wrong.status, 422);
  assert.equal(kept!.readAt, null);
});
