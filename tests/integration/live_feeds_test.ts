import assert from "node:assert/strict";
import { eq, sql } from "drizzle-orm";
import { sessions } from "../../db/control/schema/identity.ts";
import { markRead } from "../../src/notifications/feed.ts";
import { listenForFeedChanges, LIVE_FEEDS } from "../../src/notifications/live_feeds.ts";
import { newId } from "../../src/platform/ids.ts";
import { HAS_ONE_BACKEND } from "../support/database.ts";
import { startWorker } from "../support/jobs.ts";
import { LiveFeedClient } from "../support/live_feed.ts";
import { firstOf, runJobs, tellJoined, versionOf } from "../support/notifications.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: an open page learns that its notifications changed, misses nothing, and costs nothing while none is open. */

Deno.test("a page is told of each version that it doesn't show, also of those from before it connected", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await signIn(world, acme);
  await using client = await LiveFeedClient.open(world, { browser });

  await tellJoined(world, acme, ["Ada"]);
  await runJobs(world);
  await client.until(() => client.versions.length === 1);
  const { id } = await firstOf(world, acme.owner);
  await markRead(acme.ctx, id);
  await client.until(() => client.versions.length === 2);
  await using late = await LiveFeedClient.open(world, { browser, version: 1 });
  await late.until(() => late.versions.length === 1);

  assert.deepEqual(client.versions, [1, 2]);
  assert.deepEqual(late.versions, [2]);
  assert.equal(await versionOf(world, acme.owner), 2);
});

Deno.test("a page gets what changes now, and nothing of what others are told", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const browser = await signIn(world, acme);
  await using client = await LiveFeedClient.open(world, { browser });

  await tellJoined(world, globex, ["Ada"]);
  await runJobs(world);
  await tellJoined(world, acme, ["Ben"]);
  await runJobs(world);
  await client.until(() => client.versions.length > 0);
  const changes = await browser.get(`http://${world.host("acme")}/notifications/changes`);

  assert.deepEqual(client.versions, [1]);
  assert.match(changes.text, /<hx-partial hx-target="#unread"[^]*data-version="1"[^]*>1</);
});

Deno.test("closed pages are forgotten, and the server's end closes open ones with 1001", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await signIn(world, acme);
  const feeds = world.services.use(LIVE_FEEDS);
  await using staying = await LiveFeedClient.open(world, { browser });
  {
    await using _leaving = await LiveFeedClient.open(world, { browser });
    await until(() => feeds.count === 2);
  }
  await until(() => feeds.count === 1);

  await feeds.close();
  await staying.until(() => staying.closeCode !== undefined);
  await using refused = await LiveFeedClient.open(world, { browser });

  assert.equal(staying.closeCode, 1001);
  assert.equal(refused.status, 503);
});

Deno.test("a connection that listens is lost: what another process tells meanwhile arrives within five seconds", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await signIn(world, acme);
  const other = await world.replica();
  await listenForFeedChanges(world.services);
  await using client = await LiveFeedClient.open(world, { browser });
  await until(() => world.services.use(LIVE_FEEDS).count === 1);

  await endListening(world);
  const started = performance.now();
  await tellJoined(world, acme, ["Ada", "Ben", "Cleo"]);
  {
    await using worker = await startWorker(world, "kv", { services: other });
    await worker.idle();
  }
  const told = performance.now();
  await client.until(() => client.versions.at(-1) === 3);
  const arrived = performance.now();
  const changes = await browser.get(`http://${world.host("acme")}/notifications`);
  await other.close();

  assert.ok(arrived - told < 5_000, `${Math.round(arrived - told)} of ${Math.round(arrived - started)} ms`);
  assert.deepEqual(client.versions, client.versions.toSorted());
  for (const name of ["Ada", "Ben", "Cleo"]) {
    assert.equal(changes.text.split(`${name} joined the workspace`).length, 2, name);
  }
});

Deno.test("a page that hasn't taken what it was sent is skipped, and told once it has", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await signIn(world, acme);
  const [session] = await world.system.control.select().from(sessions)
    .where(eq(sessions.tenantId, acme.tenant.id));
  const feeds = world.services.use(LIVE_FEEDS);
  const sent: number[] = [];
  let [isReady, asked] = [false, 0];
  const client = {
    isReady: () => (asked++, isReady),
    send: (version: number) => sent.push(version),
    end() {},
  };
  feeds.open({ ...pageOf(acme, session!.id, "192.0.2.1"), client });
  await tellJoined(world, acme, ["Ada"]);
  await runJobs(world);

  feeds.wake();
  await until(() => asked > 0);
  const meanwhile = [...sent];
  isReady = true;
  feeds.wake();
  await until(() => sent.length > 0);

  assert.deepEqual([meanwhile, sent], [[], [1]]);
});

Deno.test("a network keeps 500 pages up to date at most, and others aren't affected", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const feeds = world.services.use(LIVE_FEEDS);
  const client = { isReady: () => true, send() {}, end() {} };

  for (let count = 0; count < 500; count++) {
    const page = pageOf(acme, newId(), "192.0.2.1");
    feeds.requireRoom(page);
    feeds.open({ ...page, client });
  }

  assert.throws(() => feeds.requireRoom(pageOf(acme, newId(), "192.0.2.1")), { kind: "rate_limited" });
  feeds.requireRoom(pageOf(acme, newId(), "192.0.2.2"));
});

Deno.test("a request without an upgrade is told to connect with a WebSocket", async () => {
  await using world = await World.open();
  const browser = await signIn(world, await world.company("acme"));

  const answer = await browser.get(`http://${world.host("acme")}/ws/notifications`);

  assert.equal(answer.status, 426);
});

async function signIn(world: World, { owner }: Company) {
  const browser = world.browser();
  await browser.post(`http://${world.host("acme")}/login`, { email: owner.email, password: PASSWORD });
  return browser;
}

/** What the process knows of an open page that shows no notifications yet. */
function pageOf({ tenant, owner }: Company, sessionId: string, ipAddress: string) {
  return { sessionId, ipAddress, userId: owner.id, tenantId: tenant.id, version: 0 };
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((done) => setTimeout(done, 10));
}

/** Ends every connection to this database that listens. The embedded database has none. */
async function endListening({ services }: World): Promise<void> {
  if (HAS_ONE_BACKEND) return; // nothing listens there
  const ended = await services.db.control.execute(
    sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and query ilike 'listen%'`,
  );
  assert.ok(ended.length > 0);
}
