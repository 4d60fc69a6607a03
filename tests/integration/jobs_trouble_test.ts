import { eq, sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { jobMinutes, jobWorkers, outbox } from "../../db/control/schema/outbox.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { openPostgresEngine } from "../../jobs/engines/postgres.ts";
import { Batches } from "../../jobs/runner/batches.ts";
import type { Dispatch } from "../../jobs/runner/dispatching.ts";
import { DELETE_EXPIRED } from "../../src/operations/retention.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { QUEUES } from "../../src/outbox/queues.ts";
import { MINUTE, SECOND } from "../../src/platform/clock.ts";
import type { Part, Services } from "../../src/ports.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { poolerUrl, serverUrl } from "../support/database.ts";
import {
  added,
  addJob,
  doing,
  ENGINES,
  JOB,
  jobOf,
  PAYLOAD,
  replaced,
  startWorker,
  until,
} from "../support/jobs.ts";
import { World } from "../support/world.ts";

/** Protects: when something goes wrong with jobs or around them, other jobs go on, and none is lost or runs twice. */

const LEASE_IS_OVER = sql`now() - interval '1 second'`;

for (const engine of ENGINES) {
  Deno.test(`${engine}: a worker that stops waits for a long job no longer than allowed`, async () => {
    await using world = await World.open();
    const services: Services = { ...world.services, config: { ...world.config, drainTime: 300 } };
    const long = Promise.withResolvers<void>();
    const [running, waiting] = await added(world.system, [{}, {}]);
    const policies = { ...QUEUES, analytics: { ...QUEUES.analytics, concurrency: 1 } };
    const worker = await startWorker(world, engine, {
      services,
      policies,
      ...doing(() => long.promise),
    });
    await until(async () => (await jobOf(world, running!)).state === "running");

    const started = performance.now();
    await worker.close();
    const took = performance.now() - started;
    const states = [(await jobOf(world, running!)).state, (await jobOf(world, waiting!)).state];
    long.resolve();

    assert.ok(took >= 300 && took < 2 * SECOND, `${took} ms`);
    assert.deepEqual(states, ["running", "ready"]);
    assert.equal(await world.system.control.$count(jobWorkers), 0);
  });

  Deno.test(`${engine}: a queue full of slow jobs doesn't delay another queue's job`, async () => {
    await using world = await World.open();
    const slow = Promise.withResolvers<void>();
    let runs = 0;
    const jobs = [replaced(JOB, () => slow.promise), replaced(DELETE_EXPIRED, () => void runs++)];
    await using worker = await startWorker(world, engine, { jobs });
    for (let dispatched = 1; dispatched <= 60; dispatched++) {
      await added(world.system, [{}]); // each in its own dispatch
      await until(async () =>
        await countIn(world, "dispatched") + await countIn(world, "running") === dispatched
      );
    }

    await world.system.tx((tx) => enqueue(world.system, tx, DELETE_EXPIRED, {}));
    await until(() => runs === 1);
    slow.resolve();
    await worker.idle();

    assert.equal(await countIn(world, "done"), 61);
  });

  Deno.test(`${engine}: a process doesn't restart a running job whose lease has ended`, async () => {
    await using world = await World.open();
    const long = Promise.withResolvers<void>();
    let runs = 0;
    const [id] = await added(world.system, [{}]);
    await using worker = await startWorker(world, engine, {
      ...doing(() => (runs++, long.promise)),
    });
    await until(async () => (await jobOf(world, id!)).state === "running");

    await world.system.control.update(outbox).set({ leaseUntil: LEASE_IS_OVER });
    worker.wake();
    await until(async () => (await jobOf(world, id!)).state === "dispatched"); // reclaimed and dispatched again
    long.resolve();
    await worker.idle();

    const { state, attempts } = await jobOf(world, id!);
    assert.deepEqual([state, attempts, runs], ["done", 1, 1]);
  });
}

Deno.test("a result that arrives after the job restarted is ignored", async () => {
  await using world = await World.open();
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const [id] = await added(world.system, [{}]);
  const slow = await startWorker(world, "kv", doing(() => first.promise));
  await until(async () => (await jobOf(world, id!)).state === "running");
  await world.system.control.update(outbox).set({ state: "ready", dispatchId: null, leaseUntil: null });
  const other = await world.replica();
  const quick = await startWorker(world, "kv", { services: other, ...doing(() => second.promise) });
  await until(async () => (await jobOf(world, id!)).attempts === 2);

  first.reject(new Error("The first attempt fails too late."));
  await slow.close();
  const meanwhile = await jobOf(world, id!);
  second.resolve();
  await quick.close();
  await other.close();

  assert.deepEqual([meanwhile.state, meanwhile.error], ["running", null]);
  assert.equal((await jobOf(world, id!)).state, "done");
});

Deno.test("an error's message is stored without the characters that Postgres can't store, and delays no other job", async () => {
  await using world = await World.open();
  const texts = ["a\0b", "half \ud83d", `${"x".repeat(1_999)}\u{1f600}`];
  const ids = await added(world.system, texts.map(() => ({})));
  const options = doing(({ id }) => {
    throw new Error(texts[ids.indexOf(id)]);
  });
  await using worker = await startWorker(world, "kv", options);
  await worker.idle();

  const errors = await Promise.all(ids.map(async (id) => (await jobOf(world, id)).error));
  assert.deepEqual(errors, ["ab", "half \ufffd", `${"x".repeat(1_999)}\ufffd`]);
});

Deno.test("an item that Postgres can't store is dropped from its batch, and the rest is written once", async () => {
  const [written, dropped]: [string[], string[]] = [[], []];
  const write = (items: string[]) => {
    if (items.includes("bad")) return Promise.reject(Object.assign(new Error("no"), { code: "22P05" }));
    written.push(...items);
    return Promise.resolve();
  };
  const batches = new Batches<string>(write, (item) => dropped.push(item));

  for (const item of ["one", "bad", "two"]) batches.add(item);
  await batches.idle();

  assert.deepEqual([written, dropped], [["one", "two"], ["bad"]]);
});

Deno.test("a worker that is asked to wait until it is idle stops waiting at the deadline", async () => {
  await using world = await World.open();
  const long = Promise.withResolvers<void>();
  await added(world.system, [{}]);
  await using worker = await startWorker(world, "kv", doing(() => long.promise));

  const started = performance.now();
  await worker.idle(300);
  const took = performance.now() - started;
  long.resolve();

  assert.ok(took >= 300 && took < 2 * SECOND, `${took} ms`);
});

Deno.test("jobs of a queue that this version doesn't know stay ready, and other queues' jobs go on", async () => {
  await using world = await World.open();
  const unknown = await addJob(world, { queue: "of_tomorrow", state: "ready" });
  const lost = await addJob(world, {
    queue: "of_tomorrow",
    state: "running",
    attempts: 1,
    leaseUntil: new Date(0),
  });
  const known = await added(world.system, [{}, {}]);
  await using worker = await startWorker(world, "kv", doing(() => {}));
  await worker.idle();

  const states = await Promise.all(
    [unknown, lost, ...known].map(async (id) => (await jobOf(world, id)).state),
  );
  assert.deepEqual(states, ["ready", "running", "done", "done"]);
});

Deno.test("a process that hasn't heard that a tenant was resumed doesn't hold its jobs permanently", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const stale = { findById: () => Promise.resolve({ ...acme.tenant, status: "suspended" }) };
  const use = (asked: unknown) => asked === TENANTS ? stale : world.services.use(asked as Part<unknown>);
  const services = { ...world.services, use } as Services;
  const id = (await acme.ctx.tx((tx) => enqueue(acme.ctx, tx, JOB, PAYLOAD)))!;
  let runs = 0;
  const worker = await startWorker(world, "kv", { services, ...doing(() => void runs++) });
  await until(async () => (await jobOf(world, id)).error !== null);
  await worker.close();
  const { state, attempts, endedAt } = await jobOf(world, id);

  await using other = await startWorker(world, "kv", doing(() => void runs++));
  await other.idle();

  assert.deepEqual([state, attempts, endedAt], ["ready", 0, null]);
  assert.deepEqual([(await jobOf(world, id)).state, runs], ["done", 1]);
});

Deno.test("each minute, held jobs of active tenants are released, and those of suspended tenants stay held", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const [left, held] = await Promise.all(
    [acme, globex].map(({ tenant }) => addJob(world, { tenantId: tenant.id, state: "held" })),
  );
  await world.system.control.update(tenants).set({ status: "suspended" }).where(
    eq(tenants.id, globex.tenant.id),
  );

  await world.upkeep();

  assert.deepEqual([(await jobOf(world, left!)).state, (await jobOf(world, held!)).state], ["ready", "held"]);
});

Deno.test("a job that is lost with its process in its last attempt counts as failed", async () => {
  await using world = await World.open();
  const lost = await addJob(world, { state: "running", attempts: 5, leaseUntil: new Date(0) });
  await using worker = await startWorker(world, "kv");
  await worker.idle();

  const [figures] = await world.system.control.select().from(jobMinutes);
  const { text } = await world.services.metrics.scrape();
  assert.deepEqual([(await jobOf(world, lost)).state, figures!.failed], ["failed", 1]);
  assert.match(text, /saas_jobs_total\{queue="analytics",outcome="failed"\} 1/);
  assert.match(text, /saas_jobs_total\{queue="email",outcome="failed"\} 0/);
});

Deno.test("100,000 due jobs hardly delay one that has just become due", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const now = world.clock.now();
  await world.system.control.execute(sql`
    insert into ${outbox} (id, queue, name, payload, tenant_id, state, priority, run_at, created_at)
    select gen_random_uuid(), 'analytics', ${JOB.name}, ${
    JSON.stringify(PAYLOAD)
  }::jsonb, ${acme.tenant.id}::uuid,
      'waiting', 100, ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz
    from generate_series(1, 100000)`);
  world.clock.advance(MINUTE);
  const id = await addJob(world, { name: JOB.name, payload: PAYLOAD, tenantId: globex.tenant.id });
  await using _worker = await startWorker(world, "kv", doing(() => {}));

  await until(async () => (await jobOf(world, id)).state === "done");
  const othersWaiting = await countIn(world, "waiting");

  // In order of due time, it would be the last. With a pooler of one connection, more polls come before it.
  const most = poolerUrl ? 10_000 : 50_000;
  assert.ok(othersWaiting > most, `${othersWaiting} of the other tenant's jobs were still waiting`);
});

Deno.test({
  name: "postgres: two workers share a backlog",
  ignore: !serverUrl,
  async fn() {
    await using world = await World.open();
    const other = await world.replica();
    const runs = [0, 0];
    // With one connection for both workers, the second starts late. Longer jobs leave some for it.
    const milliseconds = poolerUrl ? 300 : 100;
    const slow = (worker: number) =>
      doing(async () => {
        runs[worker]!++;
        await new Promise((done) => setTimeout(done, milliseconds));
      });
    const one = await startWorker(world, "postgres", slow(0));
    const two = await startWorker(world, "postgres", { services: other, ...slow(1) });
    await until(async () => await world.system.control.$count(jobWorkers) === 2);
    await new Promise((done) => setTimeout(done, 5 * SECOND + 200)); // the first learns about the second

    await added(world.system, Array.from({ length: 120 }, () => ({})));
    await one.idle();
    await Promise.all([one.close(), two.close()]);
    await other.close();

    assert.equal(runs[0]! + runs[1]!, 120);
    // With one connection for both, the faster one gets more.
    assert.ok(Math.min(...runs) >= (poolerUrl ? 12 : 40), `${runs}`);
  },
});

Deno.test({
  name: "postgres: jobs go on after connections are cut, even while the engine completes a dispatch",
  ignore: !serverUrl,
  async fn() {
    await using world = await World.open();
    const engine = await openPostgresEngine(
      world.variables.DATABASE_URL!,
      poolerUrl ? "transaction" : "none",
    );
    const delivered: string[] = [];
    await engine.listen(({ id }) => void delivered.push(id));
    const { control } = world.system;
    await control.execute(sql`
      create function graphile_worker.dawdle() returns trigger language plpgsql as
      'begin perform pg_sleep(0.5); return old; end'`);
    await control.execute(sql`create trigger dawdle before delete on graphile_worker._private_jobs
      for each row execute function graphile_worker.dawdle()`);

    await engine.dispatch([dispatchNamed("first")]);
    await until(() => delivered.includes("first"));
    await new Promise((done) => setTimeout(done, 200)); // its deletion is in progress
    await world.cutConnections();
    await until(() => !engine.isListening);
    await until(() => engine.isListening);
    await engine.dispatch([dispatchNamed("second")]);
    await until(() => delivered.includes("second"));
    await engine.close();

    assert.deepEqual(delivered, ["first", "second"]);
  },
});

function dispatchNamed(id: string): Dispatch {
  return { id, queue: "email", jobs: [] };
}

function countIn(world: World, state: typeof outbox.$inferSelect["state"]): Promise<number> {
  return world.system.control.$count(outbox, eq(outbox.state, state));
}
