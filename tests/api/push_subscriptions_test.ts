import assert from "node:assert/strict";
import { startWorker } from "../support/jobs.ts";
import { PushService, samplePushSubscription } from "../support/push_service.ts";
import { MESSAGE, openPushWorld, push, subscriptionsIn } from "../support/web_push.ts";
import { usePublicAddresses } from "../support/webhooks.ts";
import { World } from "../support/world.ts";

/** Protects: /api/v1/push-subscriptions keeps its contract. */

const ENDPOINT = "https://push.example.net/send/abc";

Deno.test("200, 201, 204: a browser is subscribed once, and removed by its endpoint or its id", async () => {
  await using world = await World.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const body = { ...samplePushSubscription(ENDPOINT), expirationTime: null };

  const added = await world.api("POST", "/push-subscriptions", { token, body });
  const again = await world.api("POST", "/push-subscriptions", { token, body });
  const rows = await subscriptionsIn(world);
  const removed = await world.api("DELETE", "/push-subscriptions", { token, body: { endpoint: ENDPOINT } });
  const gone = await world.api("DELETE", "/push-subscriptions", { token, body: { endpoint: ENDPOINT } });
  const other = await world.api("POST", "/push-subscriptions", { token, body });
  const byId = await world.api("DELETE", `/push-subscriptions/${other.json.id}`, { token });

  const created_at = world.clock.now().toISOString();
  assert.deepEqual([added.status, added.json], [201, { id: added.json.id, endpoint: ENDPOINT, created_at }]);
  assert.equal(added.headers.location, `/api/v1/push-subscriptions/${added.json.id}`);
  assert.deepEqual([again.status, again.json], [200, added.json]);
  assert.deepEqual(rows.map(({ id, tenantId, userId }) => [id, tenantId, userId]), [
    [added.json.id, acme.tenant.id, acme.owner.id],
  ]);
  assert.deepEqual([removed.status, gone.status, byId.status], [204, 404, 204]);
  assert.equal((await subscriptionsIn(world)).length, 0);
});

Deno.test("200: the public key is the one with which messages are signed", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const { endpoint, keys } = service.browser();

  const { json } = await world.api("GET", "/push-subscriptions/public-key", { token });
  await world.api("POST", "/push-subscriptions", { token, body: { endpoint, keys } });
  await push(acme, acme.owner);
  await worker.idle();

  assert.match(json.public_key, /^B[A-Za-z0-9_-]{86}$/);
  assert.deepEqual(service.messages.map(({ vapidKey }) => vapidKey), [json.public_key]);
});

Deno.test("201: with an account token, a browser gets the notifications of all workspaces, with whole addresses", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme");
  const globex = await world.company("globex", "Globex", acme.owner);
  const token = await world.accountToken(acme.owner.email);
  const browser = service.browser();

  const { endpoint, keys } = browser;
  const { status } = await world.api("POST", "/push-subscriptions", { token, body: { endpoint, keys } });
  for (const company of [acme, globex]) await push(company, acme.owner);
  await worker.idle();

  assert.equal(status, 201);
  assert.deepEqual(service.contentsOf(browser).map(({ url }) => url).sort(), [
    `http://${world.host("acme")}${MESSAGE.path}`,
    `http://${world.host("globex")}${MESSAGE.path}`,
  ]);
});

Deno.test("401, 403: only people subscribe", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const body = samplePushSubscription(ENDPOINT);
  const created = await world.api("POST", "/api-keys", {
    token: await world.token(acme),
    body: { name: "Robot", permissions: ["projects:read"] },
  });

  const anonymous = await world.api("POST", "/push-subscriptions", { body });
  const program = await world.api("POST", "/push-subscriptions", {
    headers: { "X-API-Key": created.json.api_key },
    body,
  });

  assert.equal(anonymous.status, 401);
  assert.ok([401, 403].includes(program.status), String(program.status));
  assert.equal((await subscriptionsIn(world)).length, 0);
});

Deno.test("422: each wrong field is named", async (t) => {
  await using world = await World.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const { endpoint, keys } = samplePushSubscription(ENDPOINT);
  const offTheCurve = "BA" + "A".repeat(85);
  const cases: [string, unknown, string][] = [
    ["no endpoint", { keys }, "endpoint"],
    ["no keys", { endpoint }, "keys"],
    ["an endpoint without TLS", { endpoint: "http://push.example.net/", keys }, "endpoint"],
    ["an endpoint that is no URL", { endpoint: "push", keys }, "endpoint"],
    ["a long endpoint", { endpoint: ENDPOINT + "a".repeat(1_000), keys }, "endpoint"],
    ["a short public key", { endpoint, keys: { ...keys, p256dh: "BAAA" } }, "keys.p256dh"],
    ["a public key off the curve", { endpoint, keys: { ...keys, p256dh: offTheCurve } }, "keys.p256dh"],
    ["a short secret", { endpoint, keys: { ...keys, auth: "AAAA" } }, "keys.auth"],
  ];
  for (const [name, body, field] of cases) {
    await t.step(name, async () => {
      const { status, json } = await world.api("POST", "/push-subscriptions", { token, body });

      assert.deepEqual([status, json.errors?.map((each: { field: string }) => each.field)], [422, [field]]);
    });
  }
  assert.equal((await subscriptionsIn(world)).length, 0);
});
