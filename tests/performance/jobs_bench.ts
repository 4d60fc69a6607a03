import type { EngineName } from "../../jobs/engines/engine.ts";
import { pause } from "../../db/retry.ts";
import { tenants } from "../../db/control/schema.ts";
import { type SystemContext } from "../../src/context.ts";
import { type Fleet, openFleet } from "./fleet.ts";
import { clearOutbox, enqueueMany, withWorker } from "./jobs_load.ts";
import { rateOfGraphile, rateOfUpdates, startsOfGraphile, startsOfKv } from "./jobs_limits.ts";
import { alternate, type Figure, median, timed, within } from "./measure.ts";
import { removeLeftovers } from "./removal.ts";
import { openSystem } from "./services.ts";

const TENANTS = 20;
const JOBS = 10_000;
const ROUNDS = 3;
const SINGLE_JOBS = 100;
const MANY = 100_000;

/** How fast jobs get from the outbox to their end, on both engines. */
export async function benchJobs(adminUrl: string): Promise<Figure[]> {
  await removeLeftovers(adminUrl);
  const fleet = await openFleet(TENANTS, adminUrl);
  const system = await openSystem(fleet.db);
  try {
    const rows = await system.control.select({ id: tenants.id }).from(tenants).orderBy(tenants.id);
    const ids = rows.map(({ id }) => id);
    return [
      ...await benchRates(fleet, system, ids),
      ...await benchStarts(fleet, system, ids),
      await benchFairness(fleet, system, ids, "kv"),
      await benchFairness(fleet, system, ids, "postgres"),
    ];
  } finally {
    await system.services.close();
    await fleet.close();
  }
}

async function benchRates(fleet: Fleet, system: SystemContext, tenantIds: string[]): Promise<Figure[]> {
  const rates = await alternate(ROUNDS, {
    updates: async () => rateOfUpdates(fleet, await prepareRound(fleet, system, tenantIds)),
    kv: () => rateOf(fleet, system, tenantIds, "kv"),
    graphile: () => rateOfGraphile(fleet.url, JOBS),
    postgres: () => rateOf(fleet, system, tenantIds, "postgres"),
  });
  console.log(rates);
  return [
    within("empty jobs by kv; their updates alone", "jobs/s", rates.kv, rates.updates, { atLeast: 2_000 }),
    within("empty jobs by postgres; graphile-worker alone", "jobs/s", rates.postgres, rates.graphile, {
      atLeast: 1_000,
    }),
  ];
}

async function prepareRound(fleet: Fleet, system: SystemContext, tenantIds: string[]): Promise<string[]> {
  await clearOutbox(fleet);
  return await enqueueMany(system, tenantIds, JOBS);
}

/** Jobs a second, from ready in the outbox to done. */
async function rateOf(fleet: Fleet, system: SystemContext, tenantIds: string[], engine: EngineName) {
  await prepareRound(fleet, system, tenantIds);
  let started = 0;
  const begun = performance.now();
  return await withWorker(system, fleet, engine, () => void started++, async (worker) => {
    const b2 = performance.now();
    while (started < JOBS) await pause(1);
    await worker.idle();
    console.log(engine, "open", b2 - begun, "rate", JOBS / (performance.now() - b2) * 1000);
    return JOBS / (performance.now() - b2) * 1_000;
  });
}

async function benchStarts(fleet: Fleet, system: SystemContext, tenantIds: string[]): Promise<Figure[]> {
  await clearOutbox(fleet);
  const figure = async (engine: EngineName, limits: number[]) => {
    const times = await timesToStart(fleet, system, tenantIds, engine);
    return within(`enqueue to start, ${engine}; its queue alone`, "ms", median(times), median(limits), {
      below: 50,
    });
  };
  return [
    await figure("kv", await startsOfKv(SINGLE_JOBS)),
    await figure("postgres", await startsOfGraphile(fleet.url, SINGLE_JOBS)),
  ];
}

async function timesToStart(fleet: Fleet, system: SystemContext, tenantIds: string[], engine: EngineName) {
  let started = () => {};
  return await withWorker(system, fleet, engine, () => started(), async () => {
    const times: number[] = [];
    for (let number = 0; number < SINGLE_JOBS; number++) {
      const start = new Promise<void>((done) => started = done);
      times.push(await timed(() => Promise.all([enqueueMany(system, tenantIds, 1), start])));
      await pause(Math.random() * 20);
    }
    return times;
  });
}

async function benchFairness(
  fleet: Fleet,
  system: SystemContext,
  tenantIds: string[],
  engine: EngineName,
): Promise<Figure> {
  await clearOutbox(fleet);
  const [busy, other] = tenantIds as [string, string];
  let started = 0;
  const waiting = new Map<string, () => void>();
  const onStart = ({ tenant }: { tenant: { tenant: { id: string } } | null }) => {
    started++;
    if (tenant!.tenant.id === other) waiting.get("x")?.();
  };
  return await withWorker(system, fleet, engine, onStart as never, async () => {
    const single = async () => {
      const times: number[] = [];
      for (let number = 0; number < 30; number++) {
        const start = new Promise<void>((done) => waiting.set("x", done));
        times.push(await timed(() => Promise.all([enqueueMany(system, [other], 1), start])));
        await pause(Math.random() * 40);
      }
      return times;
    };
    const alone = await single();
    await enqueueMany(system, [busy], MANY);
    const s = started;
    const b = performance.now();
    const beside = await single();
    console.log(
      engine,
      "beside rate",
      (started - s) / (performance.now() - b) * 1000,
      "left",
      MANY - started,
      alone,
      beside,
    );
    const b3 = performance.now(), s3 = started;
    while (started < MANY && performance.now() - b3 < 20000) await pause(100);
    console.log("rate of the rest", (started - s3) / (performance.now() - b3) * 1000, MANY - started);
    await clearOutbox(fleet);
    return within(`one job beside ${MANY}, ${engine}; alone`, "ms", median(beside), median(alone), {
      below: 2 * median(alone),
    });
  });
}
