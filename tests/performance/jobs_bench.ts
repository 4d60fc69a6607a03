import { asc } from "drizzle-orm";
import { connect } from "../../db/connection/connect.ts";
import { pause } from "../../db/connection/retry.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { EngineName } from "../../jobs/engines/engine.ts";
import type { SystemContext } from "../../src/context.ts";
import { type Fleet, openFleet } from "./fleet.ts";
import { rateOfGraphile, rateOfUpdates, startsOfGraphile, startsOfKv } from "./jobs_limits.ts";
import { clearOutbox, enqueueMany, notifyWorkers, withWorker } from "./jobs_load.ts";
import { alternate, type Figure, median, timed, within } from "./measure.ts";
import { removeLeftovers } from "./removal.ts";
import { openSystem } from "./services.ts";

const TENANTS = 20;
const JOBS = 10_000;
const ROUNDS = 3;
const SINGLE_JOBS = 100;
const PAUSE_MILLISECONDS = 20;
const MANY = 100_000;
const SINGLE_JOBS_BESIDE_MANY = 50;
/** When this many have started, the worker is saturated, and the other tenants' single jobs begin. */
const MANY_HAVE_BEGUN = 500;

/** Where the benchmark enqueues jobs, and for which tenants. */
type Setup = { fleet: Fleet; system: SystemContext; tenantIds: string[] };

/** Measures how fast jobs get from the outbox to done, on each engine. */
export async function benchJobs(adminUrl: string): Promise<Figure[]> {
  await removeLeftovers(adminUrl);
  const fleet = await openFleet(TENANTS, adminUrl);
  const system = await openSystem(fleet.db);
  try {
    const rows = await system.control.select({ id: tenants.id }).from(tenants).orderBy(asc(tenants.id));
    const setup = { fleet, system, tenantIds: rows.map(({ id }) => id) };
    return [
      ...await benchRates(setup),
      ...await benchStarts(setup),
      await benchFairness(setup, "kv"),
      await benchFairness(setup, "postgres"),
    ];
  } finally {
    await system.services.close();
    await fleet.close();
  }
}

async function benchRates(setup: Setup): Promise<Figure[]> {
  const rates = await alternate(ROUNDS, {
    updates: async () => rateOfUpdates(setup.fleet, await refill(setup)),
    kv: () => rateOf(setup, "kv"),
    graphile: () => rateOfGraphile(setup.fleet.url, JOBS),
    postgres: () => rateOf(setup, "postgres"),
  });
  return [
    within("empty jobs by kv; their rows' updates alone", "jobs/s", rates.kv, rates.updates, {
      atLeast: 2_000,
    }),
    within("empty jobs by postgres; by graphile-worker alone", "jobs/s", rates.postgres, rates.graphile, {
      atLeast: 1_000,
    }),
  ];
}

async function refill({ fleet, system, tenantIds }: Setup): Promise<string[]> {
  await clearOutbox(fleet);
  return await enqueueMany(system, tenantIds, JOBS);
}

/** Jobs per second, from all ready to all done. */
async function rateOf(setup: Setup, engine: EngineName): Promise<number> {
  await refill(setup);
  let started = 0;
  const took = await withWorker(
    setup.system,
    setup.fleet,
    engine,
    () => started++,
    (worker) =>
      timed(async () => {
        while (started < JOBS) await pause(1);
        await worker.idle();
      }),
  );
  return JOBS / took * 1_000;
}

async function benchStarts(setup: Setup): Promise<Figure[]> {
  const { fleet, system } = setup;
  await clearOutbox(fleet);
  const web = await openSystem(connect({ url: fleet.url }));
  web.services.jobs.listen(() => notifyWorkers(web));
  const figure = async (engine: EngineName, from: SystemContext, limits: number[]) => {
    const times = await timesToStart({ ...setup, system: from }, system, engine);
    return within(`enqueue to start, ${engine}; its queue alone`, "ms", median(times), median(limits), {
      below: 50,
    });
  };
  const figures = [
    await figure("kv", system, await startsOfKv(SINGLE_JOBS)),
    await figure("postgres", web, await startsOfGraphile(fleet.url, SINGLE_JOBS)),
  ];
  await web.services.db.close();
  return figures;
}

/** Milliseconds, including the commit. With `postgres`, another process's connections enqueue. */
async function timesToStart(setup: Setup, worker: SystemContext, engine: EngineName): Promise<number[]> {
  let started = () => {};
  const times: number[] = [];
  await withWorker(worker, setup.fleet, engine, () => started(), async () => {
    for (let number = 0; number < SINGLE_JOBS; number++) {
      const start = new Promise<void>((done) => started = done);
      times.push(await timed(() => Promise.all([enqueueMany(setup.system, setup.tenantIds, 1), start])));
      await pause(Math.random() * PAUSE_MILLISECONDS);
    }
  });
  return times;
}

/** A tenant's single job, alone and beside another tenant's 100,000. */
async function benchFairness(
  { fleet, system, tenantIds }: Setup,
  engine: EngineName,
): Promise<Figure> {
  await clearOutbox(fleet);
  const [busy, other] = tenantIds as [string, string];
  let [started, startedOfOther] = [0, () => {}];
  const timeSingles = async () => {
    const times: number[] = [];
    for (let number = 0; number < SINGLE_JOBS_BESIDE_MANY; number++) {
      const start = new Promise<void>((done) => startedOfOther = done);
      times.push(await timed(() => Promise.all([enqueueMany(system, [other], 1), start])));
      await pause(Math.random() * PAUSE_MILLISECONDS);
    }
    return median(times);
  };
  const [alone, beside] = await withWorker(system, fleet, engine, ({ tenant }) => {
    started++;
    if (tenant!.tenant.id === other) startedOfOther();
  }, async () => {
    const alone = await timeSingles();
    await enqueueMany(system, [busy], MANY);
    while (started < SINGLE_JOBS_BESIDE_MANY + MANY_HAVE_BEGUN) await pause(1);
    const beside = await timeSingles();
    if (started >= MANY) throw new Error("The 100,000 jobs ended too soon.");
    return [alone, beside] as const;
  });
  const name = `one job beside another tenant's ${MANY.toLocaleString("en")}, ${engine}; alone`;
  const figure = within(name, "ms", beside, alone, { below: 2 * alone });
  return { ...figure, target: "≤ 2 × alone", met: beside <= 2 * alone };
}
