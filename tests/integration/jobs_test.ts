import { eq, sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { jobMinutes, outbox } from "../../db/control/schema/outbox.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { systemActor } from "../../src/access/actor.ts";
import { COLLECT, COLLECT_TENANT } from "../../src/analytics/jobs.ts";
import type { JobRun } from "../../src/outbox/job.ts";
import { PermanentFailure, RetryLater } from "../../src/outbox/job_outcomes.ts";
import { cancelJob, enqueue, enqueueAll } from "../../src/outbox/outbox.ts";
import { QUEUES } from "../../src/outbox/queues.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/platform/clock.ts";
import { resumeTenant, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { median } from "../performance/measure.ts";
import { added, doing, ENGINES, JOB, jobOf, PAYLOAD, replaced, startWorker, until } from "../support/jobs.ts";
import { World } from "../support/world.ts";

/** Protects: a job runs, as its tenant, if and only if its change was committed, however often something fails. */

for (const engine of ENGINES) {
  Deno.test(`${engine}: a job runs as its tenant after its change commits`, async () => {
    await using world = await World.open();
    const acme = await world.company("acme");
    const seen: { run: JobRun; role: unknown }[] = [];
    const options = doing(async (run) => {
      const [[row]] = await run.tenant!.read((tx) => [tx.execute(sql`select current_user as name`)]);
      seen.push({ run, role: row!.name });
    });
    await using worker = await startWorker(world, engine, options);

    const id = await acme.ctx.tx((tx) => enqueue(acme.ctx, tx, JOB, PAYLOAD));
    await until(() => seen.length === 1);
    await worker.idle();

    const [{ run, role }] = seen as [typeof seen[0]];
    assert.deepEqual([run.id, run.attempt, run.tenant!.tenant.id], [id, 1, acme.tenant.id]);
    assert.equal(role, acme.tenant.schemaName);
    assert.deepEqual(run.tenant!.actor, systemActor("Jobs", JOB.name));
    assert.equal((await jobOf(world, id!)).state, "done");
  });

  Deno.test(`${engine}: a change that is rolled back leaves no job`, async () => {
    await using world = await World.open();
    const acme = await world.company("acme");

    await assert.rejects(acme.ctx.tx(async (tx) => {
      await enqueue(acme.ctx, tx, JOB, PAYLOAD);
      throw new Error("no");
    }));

    assert.deepEqual(await world.system.control.select().from(outbox), []);
  });

  Deno.test(`${engine}: a job waits until it is due, and the lowest priority runs first`, async () => {
    await using world = await World.open();
    const order: string[] = [];
    const options = doing((run) => void order.push(run.id));
    const policies = { ...QUEUES, analytics: { ...QUEUES.analytics, concurrency: 1 } };
    const [later, low, high] = await added(world.system, [
      { delay: HOUR },
      { priority: 200 },
      { priority: 1 },
    ]);
    await using worker = await startWorker(world, engine, { ...options, policies });

    await worker.idle();
    assert.deepEqual(order, [high, low]);
    world.clock.advance(HOUR);
    await worker.idle();
    assert.deepEqual(order, [high, low, later]);
  });

  Deno.test(`${engine}: each tenant has one job per key, and a canceled job doesn't run`, async () => {
    await using world = await World.open();
    const [acme, globex] = [await world.company("acme"), await world.company("globex")];
    let runs = 0;
    const first = await acme.ctx.tx((tx) => enqueue(acme.ctx, tx, JOB, PAYLOAD, { key: "today" }));
    const second = await acme.ctx.tx((tx) => enqueue(acme.ctx, tx, JOB, PAYLOAD, { key: "today" }));
    const others = await globex.ctx.tx((tx) => enqueue(globex.ctx, tx, JOB, PAYLOAD, { key: "today" }));

    const canceled = await acme.ctx.tx((tx) => cancelJob(acme.ctx, tx, first!));
    await using worker = await startWorker(world, engine, doing(() => void runs++));
    await worker.idle();

    assert.deepEqual([second, canceled, runs], [null, true, 1]);
    assert.equal((await jobOf(world, others!)).state, "done");
    assert.equal(await globex.ctx.tx((tx) => cancelJob(globex.ctx, tx, others!)), false); // the job has run
  });

  Deno.test(`${engine}: a failing job is retried after growing delays, and then fails permanently`, async () => {
    await using world = await World.open();
    const attempts: number[] = [];
    const options = doing((run) => {
      attempts.push(run.attempt);
      throw new Error("The other side is down.");
    });
    const [id] = await added(world.system, [{}]);
    await using worker = await startWorker(world, engine, options);

    await worker.idle();
    const first = await jobOf(world, id!);
    const delay = first.runAt.getTime() - world.clock.now().getTime();
    for (let round = 0; round < 8; round++) {
      world.clock.advance(2 * HOUR);
      await worker.idle();
    }
    const last = await jobOf(world, id!);

    assert.deepEqual([first.state, first.error], ["waiting", "The other side is down."]);
    assert.ok(delay >= 22 * SECOND && delay <= 38 * SECOND, `${delay}`);
    assert.deepEqual(attempts, [1, 2, 3, 4, 5]);
    assert.equal(last.state, "failed");
    const [figures] = await world.system.control.select({
      retried: sql<number>`sum(${jobMinutes.retried})::int`,
      failed: sql<number>`sum(${jobMinutes.failed})::int`,
    }).from(jobMinutes);
    assert.deepEqual(figures, { retried: 4, failed: 1 });
  });

  Deno.test(`${engine}: a job can fail permanently or choose when to retry, and is cut off at its timeout`, async () => {
    await using world = await World.open();
    const policies = { ...QUEUES, analytics: { ...QUEUES.analytics, timeout: 50 } };
    let wasAborted = false;
    const jobs = [
      replaced(COLLECT_TENANT, () => Promise.reject(new PermanentFailure("The account is gone."))),
      replaced(COLLECT, (run, { day }) => {
        if (day === "2026-01-02") return Promise.reject(new RetryLater("Busy.", DAY));
        return new Promise((_, reject) =>
          run.signal.addEventListener("abort", () => {
            wasAborted = true;
            reject(new Error("aborted"));
          })
        );
      }),
    ];
    const [failed] = await added(world.system, [{}]);
    const [later, slow] = await world.system.tx((tx) =>
      enqueueAll(world.system, tx, COLLECT, [
        { payload: { day: "2026-01-02" } },
        { payload: { day: "2026-01-03" } },
      ])
    );
    await using worker = await startWorker(world, engine, { jobs, policies });
    await worker.idle();

    assert.deepEqual(pick(await jobOf(world, failed!)), ["failed", 1, "The account is gone."]);
    assert.deepEqual(pick(await jobOf(world, later!)), ["waiting", 1, "Busy."]);
    assert.equal((await jobOf(world, later!)).runAt.getTime(), world.clock.now().getTime() + DAY);
    assert.deepEqual(pick(await jobOf(world, slow!)), ["waiting", 1, "It took longer than 0.05 seconds."]);
    assert.ok(wasAborted);
  });

  Deno.test(`${engine}: S08 jobs of a suspended tenant are held until it is resumed`, async () => {
    await using world = await World.open();
    const acme = await world.company("acme");
    let runs = 0;
    const id = await acme.ctx.tx((tx) => enqueue(acme.ctx, tx, JOB, PAYLOAD));
    await suspendTenant(await openTenant(world.system, acme.tenant.id), { reason: "Unpaid." });
    await using worker = await startWorker(world, engine, doing(() => void runs++));
    await worker.idle();
    const held = await jobOf(world, id!);

    await resumeTenant(await openTenant(world.system, acme.tenant.id));
    await until(() => runs === 1);
    await worker.idle();

    assert.deepEqual([held.state, held.attempts], ["held", 0]);
    assert.deepEqual(pick(await jobOf(world, id!)), ["done", 1, null]);
  });

  Deno.test(`${engine}: another worker reclaims the jobs of a lost worker, and each ends once`, async () => {
    await using world = await World.open();
    const [id, stuck] = await added(world.system, [{}, {}]);
    await world.system.control.update(outbox).set({
      state: "running",
      attempts: sql`case when ${outbox.id} = ${stuck}::uuid then 5 else 1 end`,
      dispatchId: crypto.randomUUID(),
      leaseUntil: sql`now() - interval '1 second'`,
    });
    const attempts: number[] = [];
    await using worker = await startWorker(world, engine, {
      ...doing((run) => void attempts.push(run.attempt)),
    });
    await worker.idle();

    assert.deepEqual(attempts, [2]);
    assert.deepEqual(pick(await jobOf(world, id!)).slice(0, 2), ["done", 2]);
    assert.deepEqual(pick(await jobOf(world, stuck!)), ["failed", 5, "The process that ran it was lost."]);
  });

  Deno.test(`${engine}: a worker that stops finishes its running jobs and releases the others`, async () => {
    await using world = await World.open();
    const policies = { ...QUEUES, analytics: { ...QUEUES.analytics, concurrency: 2 } };
    let running = 0;
    const options = doing(async () => {
      running++;
      await new Promise((done) => setTimeout(done, 150));
    });
    const ids = await added(world.system, Array.from({ length: 10 }, () => ({})));
    const worker = await startWorker(world, engine, { ...options, policies });
    await until(() => running === 2);
    await worker.close();

    const states = (await Promise.all(ids.map((id) => jobOf(world, id)))).map(({ state }) => state);
    assert.equal(states.filter((state) => state === "done").length, 2);
    assert.equal(states.filter((state) => state === "ready" || state === "dispatched").length, 8);
  });

  // Counts jobs, because times mean nothing on a busy machine. `deno task bench jobs` measures times.
  Deno.test(`${engine}: one tenant's thousands of jobs hardly delay another tenant's single job`, async () => {
    await using world = await World.open();
    const [acme, globex] = [await world.company("acme"), await world.company("globex")];
    const started: string[] = [];
    const options = doing(async ({ tenant }) => {
      started.push(tenant!.tenant.id);
      await new Promise((done) => setTimeout(done, 40));
    });
    await using worker = await startWorker(world, engine, options);
    await acme.ctx.tx((tx) =>
      enqueueAll(acme.ctx, tx, JOB, Array.from({ length: 2_000 }, () => ({ payload: PAYLOAD })))
    );
    await until(() => started.length > 10);

    const overtaken: number[] = [];
    for (let round = 0; round < 3; round++) {
      await globex.ctx.tx((tx) => enqueue(globex.ctx, tx, JOB, PAYLOAD));
      const before = started.length;
      await until(() => started.includes(globex.tenant.id, before));
      overtaken.push(started.indexOf(globex.tenant.id, before) - before);
    }
    await world.system.control.delete(outbox).where(eq(outbox.state, "ready"));
    await worker.idle();

    assert.ok(median(overtaken) <= 10 * QUEUES.analytics.concurrency, `${overtaken} ran before it`);
  });
}

Deno.test("S07 a tenant's transaction can't enqueue jobs for another tenant, and can't read any job", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const forged = [acme.tenant.id, null].map((tenantId) =>
    globex.ctx.tx((tx) =>
      tx.execute(
        sql`select jobs.enqueue(${
          JSON.stringify([{
            id: crypto.randomUUID(),
            name: JOB.name,
            payload: PAYLOAD,
            queue: "email",
            tenant_id: tenantId,
          }])
        }::jsonb)`,
      )
    )
  );

  for (const attempt of forged) await assert.rejects(attempt, /jobs of its own only|Failed query/);
  await assert.rejects(globex.ctx.tx((tx) => tx.execute(sql`select * from control.outbox`)));
  await assert.rejects(globex.ctx.tx((tx) => tx.execute(sql`delete from control.outbox`)));
  assert.deepEqual(await world.system.control.select().from(outbox), []);
});

Deno.test("S07 a tenant can't cancel another tenant's job, and a canceled job returns if the change is rolled back", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const id = (await acme.ctx.tx((tx) => enqueue(acme.ctx, tx, JOB, PAYLOAD)))!;

  const byAnother = await globex.ctx.tx((tx) => cancelJob(globex.ctx, tx, id));
  const forged = await globex.ctx.tx((tx) =>
    tx.execute<{ done: boolean }>(sql`select jobs.cancel(${id}::uuid, ${acme.tenant.id}::uuid) as done`)
  );
  await assert.rejects(acme.ctx.tx(async (tx) => {
    await cancelJob(acme.ctx, tx, id);
    throw new Error("no");
  }));
  const left = (await jobOf(world, id)).state;
  const byPlatform = await world.system.tx((tx) => cancelJob(world.system, tx, id));

  assert.deepEqual([byAnother, forged[0]!.done, left, byPlatform], [false, false, "ready", true]);
  assert.equal(await world.system.control.$count(outbox), 0);
});

Deno.test("a priority out of range is rejected, and the error states the range", async () => {
  await using world = await World.open();

  for (const priority of [-1, 1.5, 1_001, 40_000]) {
    await assert.rejects(
      added(world.system, [{ priority }]),
      new RangeError(`A job's priority is a whole number from 0 to 1000, not ${priority}.`),
    );
  }
});

Deno.test("a job with an unknown name or an invalid payload fails permanently, with the reason", async () => {
  await using world = await World.open();
  const [unknown, odd] = await added(world.system, [{}, {}]);
  await world.system.control.update(outbox).set({ name: "of.tomorrow" }).where(eq(outbox.id, unknown!));
  await world.system.control.update(outbox).set({ payload: { day: "no day" } }).where(eq(outbox.id, odd!));
  await using worker = await startWorker(world, "kv", doing(() => {}));
  await worker.idle();

  assert.deepEqual(pick(await jobOf(world, unknown!)), [
    "failed",
    1,
    "This version has no job named of.tomorrow.",
  ]);
  assert.deepEqual(pick(await jobOf(world, odd!)), [
    "failed",
    1,
    "The payload doesn't fit metrics.collect_tenant.",
  ]);
});

Deno.test("a job waits while its tenant's schema is being migrated, and this doesn't count as an attempt", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const id = await acme.ctx.tx((tx) => enqueue(acme.ctx, tx, JOB, PAYLOAD));
  world.services.oldestServedVersion = "9999_future";
  world.services.use(TENANTS).forget(acme.tenant.id);
  await using worker = await startWorker(world, "kv", doing(() => {}));
  await worker.idle();

  const { state, attempts } = await jobOf(world, id!);
  assert.deepEqual([state, attempts], ["waiting", 0]);
});

Deno.test("deleting a tenant deletes its jobs, and no other tenant's", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  for (const { ctx } of [acme, globex]) {
    await ctx.tx((tx) => enqueue(ctx, tx, JOB, PAYLOAD, { delay: MINUTE }));
  }
  const { deleteTenant } = await import("../../src/tenancy/deletion.ts");

  await deleteTenant(world.system, acme.tenant.id);

  const left = await world.system.control.select({ tenantId: outbox.tenantId }).from(outbox);
  assert.deepEqual(left, [{ tenantId: globex.tenant.id }]);
});

Deno.test("one tenant's jobs don't affect another tenant's data", async () => {
  await using world = await World.open();
  const companies = [
    await world.company("acme"),
    await world.company("globex"),
    await world.company("initech"),
  ];
  const options = doing((run) =>
    run.tenant!.tx(async (tx) => {
      await tx.insert(projects).values({
        id: crypto.randomUUID(),
        name: `Of ${run.tenant!.tenant.subdomain}`,
        ownerId: companies[0]!.owner.id,
        createdAt: world.clock.now(),
        updatedAt: world.clock.now(),
      });
    })
  );
  await using worker = await startWorker(world, "kv", options);
  await Promise.all(
    companies.map(({ ctx }) =>
      ctx.tx((tx) => enqueueAll(ctx, tx, JOB, Array.from({ length: 20 }, () => ({ payload: PAYLOAD }))))
    ),
  );
  await worker.idle();

  for (const { ctx, tenant } of companies) {
    const [rows] = await ctx.read((tx) => [tx.select({ name: projects.name }).from(projects)]);
    assert.deepEqual(new Set(rows.map(({ name }) => name)), new Set([`Of ${tenant.subdomain}`]));
    assert.equal(rows.length, 20);
  }
});

function pick({ state, attempts, error }: typeof outbox.$inferSelect) {
  return [state, attempts, error];
}
