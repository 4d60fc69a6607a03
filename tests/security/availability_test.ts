import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { type Database, JOBS_HOLDER } from "../../db/connection/connect.ts";
import { runTransaction } from "../../db/connection/transaction.ts";
import { withControl } from "../../db/connection/with_tenant.ts";
import { systemActor } from "../../src/access/actor.ts";
import { inBackground, systemContext } from "../../src/context.ts";
import { newId } from "../../src/platform/ids.ts";
import { browseTenants, TENANT_LIST } from "../../src/tenancy/tenants.ts";
import { HAS_ONE_BACKEND } from "../support/database.ts";
import { DatabaseProxy } from "../support/database_proxy.ts";
import { allAnswered, everyKind, statusesOf } from "../support/every_kind.ts";
import { added, doing, jobOf, startWorker, until } from "../support/jobs.ts";
import { World } from "../support/world.ts";

/**
 * Protects: the product answers after its database connections were idle for a long time, slow or silently lost. It is
 * healthy only if it can answer requests.
 */

const MINUTE = 60_000;
/** Milliseconds, so many that a busy server still makes a tenant in time. */
const ANSWER_WITHIN = 2_000;

Deno.test("S47 the first request of every kind succeeds after all connections exceeded their maximum age", async () => {
  let age = 0;
  await using world = await World.open({}, { now: () => performance.now() + age });
  const kinds = await everyKind(world, await world.company("acme"));
  await statusesOf(kinds);

  age += 20 * MINUTE;
  const statuses = await statusesOf(kinds);

  assert.deepEqual(statuses, allAnswered(kinds));
});

Deno.test("a pool without usable connections makes the product unhealthy and not ready", async (t) => {
  for (const broken of ["controlPool", "lane"] as const) {
    await t.step(broken, async () => {
      await using world = await World.open();
      const { tenant } = await world.company("acme");
      const { db } = world.services;

      await (broken === "lane" ? db.lane(tenant.schemaName) : db.controlPool).close();

      assert.equal((await world.raw("GET", world.host(), "/health")).status, 503);
      assert.equal((await world.raw("GET", world.host(), "/ready")).status, 503);
    });
  }
});

Deno.test("without the back office's connections, the product is degraded and keeps serving", async () => {
  await using world = await World.open();

  await world.services.db.batch.controlPool.close();
  const health = await world.raw("GET", world.host(), "/health");

  assert.deepEqual([health.status, JSON.parse(health.text).status], [200, "degraded"]);
});

Deno.test({
  name: "slow back office pages and jobs don't delay requests",
  ignore: HAS_ONE_BACKEND,
  fn: async () => {
    await using world = await World.open();
    const { "back office": _search, metrics: _scrape, ...requests } = await everyKind(
      world,
      await world.company("acme"),
    );
    const { db } = world.services;
    await statusesOf(requests);
    const jobs = { pool: db.batch.controlPool, holder: JOBS_HOLDER };
    let slow: Promise<unknown>[] = [];

    const statuses = await whileLocked(db, async () => {
      slow = [
        ...Array.from({ length: 3 }, () => withControl(db.batch, (tx) => tx.execute(LOCK))),
        runTransaction(jobs, db.begin, (tx) => tx.execute(LOCK)),
      ];
      const answered = await statusesOf(requests);
      await assertWaiting(slow);
      return answered;
    });
    await Promise.all(slow);

    assert.deepEqual(statuses, allAnswered(requests));
  },
});

Deno.test({
  name: "slow requests don't delay the back office or jobs",
  ignore: HAS_ONE_BACKEND,
  fn: async () => {
    await using world = await World.open();
    const background = systemContext(
      inBackground(world.services),
      systemActor("test"),
      newId(),
    );
    await using worker = await startWorker(world, "kv", { ...doing(() => Promise.resolve()) });
    const [id] = await added(world.system, [{}]);
    await worker.idle();
    const [second] = await added(world.system, [{}]);
    const outbox = async (job: string) =>
      (await background.control.execute<{ state: string }>(
        sql`select state from control.outbox where id = ${job}`,
      ))[0]!.state;
    let slow: Promise<unknown>[] = [];

    await whileLocked(world.services.db, async () => {
      slow = Array.from({ length: 4 }, () => [
        world.system.control.execute(LOCK),
        world.system.tx((tx) => tx.execute(LOCK)),
      ]).flat();
      await browseTenants(background, TENANT_LIST.query.parse({}));
      worker.wake();
      await until(async () => await outbox(second!) === "done");
      await assertWaiting(slow);
    });
    await Promise.all(slow);

    assert.equal((await jobOf(world, id!)).state, "done");
  },
});

Deno.test("requests get 503 while the path to the database is dead, and the next ones use new connections", async () => {
  let proxy: DatabaseProxy | undefined;
  const through = async (address: Parameters<typeof DatabaseProxy.open>[0]) =>
    (proxy = await DatabaseProxy.open(address)).address;
  {
    await using world = await World.open({}, { through, answerWithin: ANSWER_WITHIN });
    const kinds = await everyKind(world, await world.company("acme"));
    await statusesOf(kinds);
    const started = performance.now();

    proxy!.silenceConnections();
    const { health: _health, ready: _ready, ...requests } = kinds;
    const answers = await Promise.all(Object.values(requests).map((send) => send()));
    const took = performance.now() - started;
    const after = await statusesOf(kinds);

    const refused = answers.filter(({ status }) => status !== 200);
    assert.ok(refused.length > 0);
    for (const { status, headers } of refused) {
      assert.equal(status, 503);
      assert.ok(headers["retry-after"]);
    }
    assert.ok(took < 4 * ANSWER_WITHIN, `${took} ms`);
    assert.deepEqual(after, allAnswered(kinds));
  }
  await proxy![Symbol.asyncDispose]();
});

Deno.test({
  name: "notifications arrive again after the path of the listening connection died",
  ignore: HAS_ONE_BACKEND,
  fn: async () => {
    let proxy: DatabaseProxy | undefined;
    const through = async (address: Parameters<typeof DatabaseProxy.open>[0]) =>
      (proxy = await DatabaseProxy.open(address)).address;
    {
      await using world = await World.open({}, { through, answerWithin: ANSWER_WITHIN });
      const heard: string[] = [];
      if (!await world.services.db.listen("denizen_test", (payload) => heard.push(payload))) return;
      proxy!.silenceConnections();

      await until(async () => {
        await world.system.control.execute(sql`select pg_notify('denizen_test', 'again')`).catch(() => {});
        return heard.length > 0;
      });

      assert.equal(heard[0], "again");
    }
    await proxy![Symbol.asyncDispose]();
  },
});

/** Waits for a row that no request locks. */
const LOCK = sql`select from control.installation for update`;

async function assertWaiting(work: Promise<unknown>[]): Promise<void> {
  assert.equal(await Promise.race([...work, "waiting"]), "waiting");
}

/** Runs `work` while every other `LOCK` waits for its end. */
async function whileLocked<Done>(db: Database, work: () => Promise<Done>): Promise<Done> {
  const pool = db.openPool(1);
  try {
    return await runTransaction({ pool, holder: "test" }, db.begin, async (tx) => {
      await tx.execute(LOCK);
      return await work();
    });
  } finally {
    await pool.close();
  }
}
