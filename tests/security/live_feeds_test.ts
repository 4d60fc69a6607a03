import assert from "node:assert/strict";
import { LIVE_FEEDS } from "../../src/notifications/live_feeds.ts";
import { startWorker } from "../support/jobs.ts";
import { LiveFeedClient } from "../support/live_feed.ts";
import { addPhone } from "../support/phones.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: a live feed opens only for the session of a member (S13), on a page of its own host (S30), and ends within five seconds
 * of their losing access, on every replica, whatever the client does. Nobody can open any number of them.
 */

const FIVE_SECONDS = 5_000;

Deno.test("S30 another site's page can't open a live feed with the person's cookies", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.company("globex");
  const browser = await signIn(world, acme);
  const statusOf = async (options: Parameters<typeof LiveFeedClient.open>[1]) => {
    await using client = await LiveFeedClient.open(world, { browser, ...options });
    return client.status;
  };

  const refused = [
    await statusOf({ origin: "https://evil.example" }),
    await statusOf({ origin: `http://${world.host("globex")}` }),
    await statusOf({ origin: `http://${world.host()}` }),
    await statusOf({ origin: "null" }),
    await statusOf({ origin: null }),
    await statusOf({ headers: { "Sec-Fetch-Site": "same-site" } }),
  ];

  assert.deepEqual(refused, [403, 403, 403, 403, 403, 403]);
  assert.equal(await statusOf({ headers: { "Sec-Fetch-Site": "same-origin" } }), 101);
});

Deno.test("S13 a visitor, another host's session and a token open no live feed", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const token = await world.token(acme);
  const cookie = (await signIn(world, acme)).cookieHeader(world.host("acme"));
  const statusOf = async (options: Parameters<typeof LiveFeedClient.open>[1]) => {
    await using client = await LiveFeedClient.open(world, options);
    return client.status;
  };

  const visitor = await statusOf({});
  const foreign = await statusOf({ subdomain: globex.tenant.subdomain, headers: { Cookie: cookie } });
  const program = await statusOf({ headers: { Authorization: `Bearer ${token}` } });

  for (const status of [visitor, foreign, program]) assert.ok(status >= 300 && status < 500, `${status}`);
});

Deno.test("S13 S57 between the password and the second factor, no live feed opens", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await using worker = await startWorker(world, "kv");
  const [browser, host] = [await signIn(world, acme), `http://${world.host("acme")}`];
  await addPhone(world, worker, browser, { host, number: "+15550100200" });
  const waiting = world.browser();
  const asked = await waiting.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });

  await using refused = await LiveFeedClient.open(world, { browser: waiting });
  await using opened = await LiveFeedClient.open(world, { browser });

  assert.equal(asked.url, `${host}/login/mfa`);
  assert.notEqual(refused.status, 101);
  assert.equal(opened.status, 101);
});

Deno.test("a live feed ends within five seconds of sign-out, and of a lost membership", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const mei = await world.member(acme, "mei@acme.example", "member");

  await t.step("for a client that answers", async () => {
    const browser = await signIn(world, acme);
    await using client = await LiveFeedClient.open(world, { browser });
    const started = performance.now();

    await browser.post(`http://${world.host("acme")}/logout`);
    await client.until(() => client.closeCode !== undefined);

    assert.equal(client.closeCode, 4401);
    assert.ok(performance.now() - started < FIVE_SECONDS);
  });

  await t.step("and for one that never answers", async () => {
    const browser = await signIn(world, { ...acme, owner: mei });
    await using client = await LiveFeedClient.open(world, { browser, answers: false });
    const started = performance.now();

    await world.removeMember(acme, mei);
    await client.gone();

    assert.equal(client.closeCode, 4401);
    assert.ok(performance.now() - started < FIVE_SECONDS);
    assert.equal(world.services.use(LIVE_FEEDS).count, 0);
  });
});

Deno.test("a browser opens twenty live feeds at most, and one that sends something is closed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await signIn(world, acme);
  await using clients = new AsyncDisposableStack();
  for (let count = 0; count < 20; count++) clients.use(await LiveFeedClient.open(world, { browser }));

  const refused = clients.use(await LiveFeedClient.open(world, { browser }));
  const other = clients.use(await LiveFeedClient.open(world, { browser: await signIn(world, acme) }));
  await other.send("hello");
  await other.until(() => other.closeCode !== undefined);

  assert.equal(refused.status, 429);
  assert.deepEqual([other.status, other.closeCode], [101, 1008]);
});

async function signIn(world: World, { owner }: Pick<Company, "owner">) {
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: owner.email, password: PASSWORD });
  return browser;
}
