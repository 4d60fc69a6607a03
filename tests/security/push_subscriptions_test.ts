import assert from "node:assert/strict";
import { deleteAccountOf } from "../../src/identity/account_deletion.ts";
import { endAllSessions } from "../../src/identity/sessions.ts";
import { deleteExpired } from "../../src/operations/retention.ts";
import { DAY } from "../../src/platform/clock.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { addSubscription, MAX_SUBSCRIPTIONS } from "../../src/web_push/subscriptions.ts";
import { RESOLVER } from "../../src/webhooks/target.ts";
import { startWorker } from "../support/jobs.ts";
import { PushService, samplePushSubscription } from "../support/push_service.ts";
import { openPushWorld, push, pushJobs, signedIn, subscriptionsIn, turnOn } from "../support/web_push.ts";
import { usePublicAddresses } from "../support/webhooks.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: a browser shows notifications of nobody but the person who is signed in there, and push messages go to the internet only.
 */

Deno.test("the next person who signs in on a browser takes over its notifications", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme");
  const grace = await world.member(acme, "grace@acme.example", "member");
  const shared = service.browser();
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), shared);

  const moved = await turnOn(world, acme, await signedIn(world, acme, grace.email), shared);
  await push(acme, acme.owner, { title: "For the owner" });
  await push(acme, grace, { title: "For Grace" });
  await worker.idle();

  assert.equal(moved.status, 204);
  assert.deepEqual(service.contentsOf(shared).map(({ title }) => title), ["For Grace"]);
});

Deno.test("a message that is on its way when a browser moves to someone else doesn't arrive", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  const grace = await world.member(acme, "grace@acme.example", "member");
  const shared = service.browser();
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), shared);
  await using worker = await startWorker(world, "kv");
  service.answer(503);
  await push(acme, acme.owner);
  await worker.idle();
  service.answer(201);

  await turnOn(world, acme, await signedIn(world, acme, grace.email), shared);
  world.clock.advance(60_000);
  await worker.idle();

  assert.deepEqual((await pushJobs(world)).map(({ state }) => state), ["done"]);
  assert.equal(service.messages.length, 0);
});

Deno.test("knowing a browser's endpoint isn't enough to take it over or to remove it", async () => {
  await using world = await World.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const grace = await world.member(acme, "grace@acme.example", "member");
  const endpoint = "https://push.example.net/send/abc";
  const own = samplePushSubscription(endpoint);
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), own);
  const attacker = await signedIn(world, acme, grace.email);
  const before = await subscriptionsIn(world);
  const path = `http://${world.host("acme")}/account/push-subscriptions`;

  const taken = await turnOn(world, acme, attacker, samplePushSubscription(endpoint));
  const removed = await attacker.post(`${path}/remove`, { endpoint });
  const checked = await attacker.post(`${path}/check`, { endpoint });
  const token = await world.token(acme, grace.email);
  const byApi = await world.api("DELETE", `/push-subscriptions/${before[0]!.id}`, { token });

  assert.deepEqual([taken.status, removed.status, checked.status, byApi.status], [409, 404, 404, 404]);
  assert.deepEqual(await subscriptionsIn(world), before);
});

Deno.test("signing out ends the notifications of that browser only", async () => {
  await using world = await World.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const [left, right] = await Promise.all([1, 2].map(() => signedIn(world, acme, acme.owner.email)));
  const other = samplePushSubscription("https://push.example.net/two");
  await turnOn(world, acme, left!, samplePushSubscription("https://push.example.net/one"));
  await turnOn(world, acme, right!, other);

  await left!.post(`http://${world.host("acme")}/logout`);

  assert.deepEqual((await subscriptionsIn(world)).map(({ endpoint }) => endpoint), [other.endpoint]);
});

Deno.test("the server says that notifications are on only in the sign-in that turned them on", async () => {
  await using world = await World.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const [first, second] = await Promise.all([1, 2].map(() => signedIn(world, acme, acme.owner.email)));
  const browser = samplePushSubscription("https://push.example.net/one");
  const check = `http://${world.host("acme")}/account/push-subscriptions/check`;
  await turnOn(world, acme, first!, browser);

  const own = await first!.post(check, { endpoint: browser.endpoint });
  const other = await second!.post(check, { endpoint: browser.endpoint });

  assert.deepEqual([own.status, other.status], [204, 404]);
});

Deno.test("what ends a person's access ends their notifications", async (t) => {
  const endings: Record<string, (given: Given) => Promise<unknown>> = {
    "signing out everywhere": ({ world, grace }) => endAllSessions(world.system, grace.id),
    "leaving the workspace": ({ world, acme, grace }) => world.removeMember(acme, grace),
    "deleting the account": ({ world, grace }) => deleteAccountOf(world.system, grace.id),
    "deleting the workspace": ({ world, acme }) => deleteTenant(world.system, acme.tenant.id),
    "a session that expired": async ({ world }) => {
      world.clock.advance(2 * DAY);
      await deleteExpired(world.system);
    },
    "ending the program's sign-in": async ({ world, refreshToken }) => {
      await world.api("POST", "/auth/logout", { body: { refresh_token: refreshToken } });
    },
  };
  for (const [name, end] of Object.entries(endings)) {
    await t.step(name, async () => {
      await using given = await openGiven();
      const isByProgram = name.includes("program");
      await (isByProgram ? given.subscribeProgram() : given.subscribeBrowser());
      assert.equal((await subscriptionsIn(given.world)).length, 1);

      await end(given);

      assert.equal((await subscriptionsIn(given.world)).length, 0);
    });
  }
});

Deno.test("an expired session gets no messages, even before its row is deleted", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme");
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), service.browser());

  world.clock.advance(2 * DAY);
  await push(acme, acme.owner);
  await worker.idle();

  assert.equal(service.requests, 0);
});

Deno.test("S37 an endpoint must be on the internet, when it is added and when it is used", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const resolver = world.services.use(RESOLVER);
  resolver.resolve = (host) => Promise.resolve([host === "inside.example" ? "10.0.0.7" : "93.184.215.14"]);
  const urls = [
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/",
    "https://inside.example/",
    "https://user:secret@push.example.net/",
    "http://push.example.net/",
    "ftp://push.example.net/",
  ];
  for (const url of urls) {
    await t.step(url, async () => {
      const body = samplePushSubscription(url);
      const { status, json } = await world.api("POST", "/push-subscriptions", { token, body });

      assert.deepEqual([status, json.errors?.[0].field], [422, "endpoint"]);
    });
  }
  await t.step("a name that leads inside later", async () => {
    await using service = await PushService.open();
    await using worker = await startWorker(world, "kv");
    const port = new URL(service.origin).port;
    const rebinding = samplePushSubscription(`https://rebinding.example:${port}/`);
    await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), rebinding);
    resolver.resolve = () => Promise.resolve(["127.0.0.1"]);

    await push(acme, acme.owner);
    await worker.idle();

    assert.equal(service.requests, 0);
    assert.equal((await subscriptionsIn(world)).length, 0);
  });
});

Deno.test("a person has at most 20 browsers: a new one replaces the oldest", async () => {
  await using world = await World.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const subscriber = {
    userId: acme.owner.id,
    signInId: "0198c0de-0000-7000-8000-000000000001",
    tenantId: acme.tenant.id,
  };

  for (let number = 0; number <= MAX_SUBSCRIPTIONS; number++) {
    world.clock.advance(1_000);
    const input = samplePushSubscription(`https://push.example.net/${number}`);
    await addSubscription(world.system, subscriber, input);
  }

  const rows = await subscriptionsIn(world);
  assert.equal(rows.length, MAX_SUBSCRIPTIONS);
  assert.deepEqual([rows[0]!.endpoint, rows.at(-1)!.endpoint], [
    "https://push.example.net/1",
    `https://push.example.net/${MAX_SUBSCRIPTIONS}`,
  ]);
});

Deno.test("S06 another site can't turn notifications on", async () => {
  await using world = await World.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const browser = await signedIn(world, acme, acme.owner.email);
  const { endpoint, keys } = samplePushSubscription("https://push.example.net/evil");

  const { status } = await browser.post(
    `http://${world.host("acme")}/account/push-subscriptions`,
    { endpoint, ...keys },
    { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" },
  );

  assert.equal(status, 403);
  assert.equal((await subscriptionsIn(world)).length, 0);
});

Deno.test("S41 neither the job list nor the database says what a message says", async () => {
  await using world = await openPushWorld();
  await using service = await PushService.open();
  const acme = await world.company("acme");
  await turnOn(world, acme, await signedIn(world, acme, acme.owner.email), service.browser());
  await using worker = await startWorker(world, "kv");

  await push(acme, acme.owner, { title: "Confidential title", body: "Confidential body" });
  await worker.idle();

  assert.equal(service.messages.length, 1);
  assert.doesNotMatch(await world.dumpControl(), /Confidential/);
});

type Given = Awaited<ReturnType<typeof openGiven>>;

/** A workspace with a member who can turn notifications on, in a browser or by a program. */
async function openGiven() {
  const world = await World.open();
  usePublicAddresses(world);
  const acme = await world.company("acme");
  const grace = await world.member(acme, "grace@acme.example", "member");
  const login = await world.api("POST", "/auth/login", { body: { email: grace.email, password: PASSWORD } });
  const { access_token: token, refresh_token: refreshToken } = login.json;
  const input = samplePushSubscription("https://push.example.net/one");
  return {
    world,
    acme,
    grace,
    refreshToken: refreshToken as string,
    subscribeBrowser: async () => {
      await turnOn(world, acme, await signedIn(world, acme, grace.email), input);
    },
    subscribeProgram: async () => {
      await world.api("POST", "/push-subscriptions", { token, body: input });
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
