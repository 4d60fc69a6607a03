import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { notificationChoices } from "../../db/control/schema/notifications.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { vapidKeys } from "../../db/control/schema/web_push.ts";
import { rotateKeys } from "../../src/identity/key_rotation.ts";
import { generateKeyPair, isKeyPair } from "../../src/platform/key_pair.ts";
import { DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { sendPush, sendPushes } from "../../src/web_push/send_push.ts";
import { publicKeyOf, VAPID } from "../../src/web_push/vapid.ts";
import { startWorker } from "../support/jobs.ts";
import { feedOf, tellJoined } from "../support/notifications.ts";
import { PushService } from "../support/push_service.ts";
import {
  MESSAGE,
  openPushWorld,
  push,
  pushJobs,
  signedIn,
  subscriptionsIn,
  turnOn,
} from "../support/web_push.ts";

/**
 * Protects: a notification reaches each of a person's browsers once, encrypted for that browser, through a push service that may fail;
 * and a browser that is gone is forgotten.
 */

Deno.test("a message arrives in both browsers of a person, and only its browser can read it", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  const [laptop, phone, stranger] = [service.browser(), service.browser(), service.browser()];
  const grace = await world.member(acme, "grace@acme.example", "member");
  const browser = await signedIn(world, acme, acme.owner.email);
  for (const each of [laptop, phone]) assert.equal((await turnOn(world, acme, browser, each)).status, 204);
  await turnOn(world, acme, await signedIn(world, acme, grace.email), stranger);
  await using worker = await startWorker(world, "kv");

  await push(acme, acme.owner, { badge: 4 });
  await worker.idle();

  const { path: url, ...shown } = MESSAGE;
  assert.deepEqual(service.contentsOf(laptop), [{ ...shown, url, badge: 4 }]);
  assert.deepEqual(service.contentsOf(phone), [{ ...shown, url, badge: 4 }]);
  assert.deepEqual(service.contentsOf(stranger), []);
  assert.equal(service.messages[0]!.headers.ttl, String(DAY / 1_000));
  assert.deepEqual(new Set(service.messages.map(({ vapidKey }) => vapidKey)).size, 1);
  assert.equal(service.messages[0]!.vapidKey, await publicKeyOf(world));
  for (const { lastSuccessAt } of (await subscriptionsIn(world)).slice(0, 2)) {
    assert.deepEqual(lastSuccessAt, world.clock.now());
  }
});

Deno.test("what people are told in the workspace also shows on their devices, unless they turned that off", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  const admin = await world.member(acme, "ann@acme.example", "admin");
  const [owners, admins] = [service.browser(), service.browser()];
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), owners);
  await turnOn(world, acme, await signedIn(world, acme, admin.email), admins);
  await world.system.control.insert(notificationChoices).values({
    userId: admin.id,
    kind: "joined",
    channel: "push",
    isOn: false,
  });
  await using worker = await startWorker(world, "kv");

  await tellJoined(world, acme, ["Ben Alvarez"]);
  await worker.idle();

  const [told] = await feedOf(world, acme.owner);
  const [{ title, body, url }] = service.contentsOf(owners) as [Record<string, string>];
  assert.deepEqual([title, body, url], [
    "acme Ltd",
    "Ben Alvarez joined the workspace as member.",
    `/notifications/${told!.id}`,
  ]);
  assert.deepEqual(service.contentsOf(admins), []);
});

Deno.test("a message is sent if and only if its transaction commits, and once if its job runs again", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  const browser = service.browser();
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), browser);
  await using worker = await startWorker(world, "kv");
  const { control } = world.system;

  await assert.rejects(acme.ctx.tx(async (tx) => {
    await sendPush(acme.ctx, tx, { ...MESSAGE, userId: acme.owner.id });
    throw new Error("rolled back");
  }));
  await worker.idle();
  assert.equal(service.requests, 0);
  await push(acme, acme.owner);
  await worker.idle();
  await control.update(outbox).set({ state: "ready", attempts: 0, endedAt: null }).where(
    eq(outbox.name, "web_push.notify"),
  );
  world.services.jobs.wake();
  await worker.idle();

  assert.equal(service.requests, 1);
  assert.equal((await pushJobs(world)).length, 1);
});

Deno.test("the platform sends to members of several tenants in one transaction, and to nobody else", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const [own, other] = [service.browser(), service.browser()];
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), own);
  await turnOn(world, globex, await signedIn(world, globex, globex.owner.email), other);
  await using worker = await startWorker(world, "kv");

  await world.system.tx((tx) =>
    sendPushes(world.system, tx, [
      { ...MESSAGE, userId: acme.owner.id, tenantId: acme.tenant.id },
      { ...MESSAGE, userId: acme.owner.id, tenantId: globex.tenant.id },
      { ...MESSAGE, userId: globex.owner.id, tenantId: globex.tenant.id },
    ])
  );
  await worker.idle();

  assert.deepEqual(service.messages.map(({ path }) => path).sort(), [own.path, other.path].sort());
});

Deno.test("a browser of one workspace gets nothing from another of the same person", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  const globex = await world.company("globex", "Globex", acme.owner);
  const browser = service.browser();
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), browser);
  await using worker = await startWorker(world, "kv");

  await push(globex, acme.owner);
  await worker.idle();

  assert.equal(service.requests, 0);
});

for (const status of [404, 410]) {
  Deno.test(`a browser whose push service answers ${status} is forgotten`, async () => {
    await using world = await openPushWorld();
    await using service = await PushService.open();
    const acme = await world.company("acme");
    await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), service.browser());
    await using worker = await startWorker(world, "kv");
    service.answer(status);

    await push(acme, acme.owner);
    await worker.idle();

    assert.equal((await subscriptionsIn(world)).length, 0);
    assert.deepEqual((await pushJobs(world)).map(({ state }) => state), ["done"]);
  });
}

Deno.test("a push service that is busy gets the message again when it asks for it", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  const browser = service.browser();
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), browser);
  await using worker = await startWorker(world, "kv");
  service.answer(429, { "Retry-After": "600" });

  await push(acme, acme.owner);
  await worker.idle();
  const [waiting] = await pushJobs(world);
  service.answer(201);
  world.clock.advance(9 * MINUTE);
  await worker.idle();
  const early = service.messages.length;
  world.clock.advance(2 * MINUTE);
  await worker.idle();

  assert.deepEqual([waiting!.state, waiting!.error], ["waiting", "The push service failed: status 429."]);
  assert.equal(waiting!.runAt.getTime() - waiting!.createdAt.getTime(), 10 * MINUTE);
  assert.equal(early, 0);
  assert.equal(service.contentsOf(browser).length, 1);
});

Deno.test("a push service that fails for half a day gets no old news", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  const remembered = world.browser();
  await remembered.post(`http://${world.host("acme")}/login`, {
    email: acme.owner.email,
    password: "correct horse battery",
    remember: "on",
  });
  await turnOn(world, acme, remembered, service.browser());
  await using worker = await startWorker(world, "kv");
  service.answer(503);

  await push(acme, acme.owner);
  await worker.idle();
  service.answer(201);
  world.clock.advance(13 * HOUR);
  await worker.idle();

  assert.equal(service.messages.length, 0);
  assert.deepEqual((await pushJobs(world)).map(({ state }) => state), ["done"]);
  assert.equal((await subscriptionsIn(world)).length, 1);
});

Deno.test("a message that the push service refuses isn't sent again, and the browser stays", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), service.browser());
  await using worker = await startWorker(world, "kv");
  service.answer(403);

  await push(acme, acme.owner);
  await worker.idle();

  assert.deepEqual((await pushJobs(world)).map(({ state, attempts }) => [state, attempts]), [["done", 1]]);
  assert.equal((await subscriptionsIn(world)).length, 1);
});

Deno.test("a long message is cut to what push services accept, and its page stays", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  const browser = service.browser();
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), browser);
  await using worker = await startWorker(world, "kv");

  await push(acme, acme.owner, { title: "Launch ".repeat(200), body: "Ünïcödé “news” 🚀 ".repeat(1_000) });
  await worker.idle();

  const [message] = service.messages;
  assert.ok(message!.bytes <= 4_096, `${message!.bytes} bytes`);
  const { title, body, url } = JSON.parse(message!.content);
  assert.match(title, /^(Launch )+\w*…$/);
  assert.match(body, /^Ünïcödé “news” 🚀.+…$/);
  assert.equal(url, MESSAGE.path);
});

Deno.test("the installation makes one key pair, which survives a restart and another process", async () => {
  await using world = await openPushWorld();
  const other = await world.replica();

  const keys = await Promise.all([publicKeyOf(world), publicKeyOf({ services: other })]);
  const rows = await world.system.control.select().from(vapidKeys);

  await other.close();
  assert.equal(keys[0], keys[1]);
  assert.deepEqual(rows.map(({ publicKey }) => publicKey), [keys[0]]);
  assert.doesNotMatch(rows[0]!.sealedPrivateKey, /^[A-Za-z0-9_-]{43}$/);
});

Deno.test("a new APP_SECRET keeps the key pair, and with it all subscriptions", async () => {
  await using world = await openPushWorld();
  const publicKey = await publicKeyOf(world);
  const appSecret = "the secret that is used from now on, 40 chars";
  const rotating = await world.replica({ appSecret, appSecrets: [appSecret, world.config.appSecret] });

  await rotateKeys({ ...world.system, services: rotating });
  const rotated = await world.replica({ appSecret, appSecrets: [appSecret] });
  const keys = await rotated.use(VAPID).current();

  for (const services of [rotating, rotated]) await services.close();
  assert.equal(keys.publicKey, publicKey);
  assert.ok(isKeyPair(keys.publicKey, keys.privateKey));
});

Deno.test("with another key pair in the settings, former subscriptions end and new ones get messages of it", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), service.browser());
  const { publicKey: vapidPublicKey, privateKey: vapidPrivateKey } = generateKeyPair();
  const services = await world.replica({ vapidPublicKey, vapidPrivateKey });
  await using worker = await startWorker(world, "kv", { services });

  await push(acme, acme.owner);
  worker.wake();
  await worker.idle();

  const left = await subscriptionsIn(world);
  await services.close();
  assert.equal(await publicKeyOf({ services }), vapidPublicKey);
  assert.equal(service.requests, 0);
  assert.deepEqual(left, []);
});
