import { sql } from "drizzle-orm";
import { maintainPartitions } from "../../db/stream/partitions.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { activeUsers } from "../../src/analytics/reports/active_users.ts";
import { funnel } from "../../src/analytics/reports/funnel.ts";
import { generateUsageReport, USAGE_REPORTS } from "../../src/analytics/reports/usage_report.ts";
import { rollUp } from "../../src/analytics/rollup/roll_up.ts";
import { type Company, World } from "../support/world.ts";
import { type Figure, median, timed, within } from "./measure.ts";

const EVENTS = Number(Deno.env.get("BENCH_EVENTS") ?? 1_000_000);
const PEOPLE = EVENTS / 100;
const ROUNDS = 5;
const EVENTS_AT_ONCE = 250_000;
const RANGE = { start: "2026-02-01", end: "2026-03-02" };

/**
 * How long reports take over a month of many events: from rollups, and from the events themselves. Beside each, the naive query of the
 * same events. BENCH_EVENTS=5000000 takes minutes.
 */
export async function benchReports(): Promise<Figure[]> {
  await using world = await World.open();
  const acme = await world.company("acme");
  await maintainPartitions(world.services.db, world.clock.now());
  await addMonth(world, acme);
  const rollup = await timed(() => rollUp(acme.ctx));
  const report = await repeated(() => {
    world.services.use(USAGE_REPORTS).known.deleteWhere(() => true);
    return generateUsageReport(acme.ctx, RANGE);
  });
  const people = await repeated(() => activeUsers(acme.ctx, RANGE));
  const steps = ["event 1", "event 2", "event 3"];
  const ordered = await repeated(() => funnel(acme.ctx, { ...RANGE, steps, windowHours: 168 }));
  const naive = await timed(() => distinctPeople(acme));
  const size = `over ${EVENTS.toLocaleString("en-US")} events`;
  return [
    within(`30-day report ${size}; distinct people by events`, "ms", report, naive, { below: 150 }),
    within(`30 days of active users ${size}; the same`, "ms", people, naive, { below: 500 }),
    within(`funnel of 3 steps ${size}; the same`, "ms", ordered, naive, { below: 3_500 }),
    within(`rollup of 30 days ${size}; the same`, "ms", rollup, naive, { below: 60_000 }),
  ];
}

/** Twenty kinds of events, spread evenly over 30 days. */
async function addMonth(world: World, { tenant }: Company): Promise<void> {
  for (let first = 0; first < EVENTS; first += EVENTS_AT_ONCE) {
    const last = Math.min(first + EVENTS_AT_ONCE, EVENTS) - 1;
    await asWriter(
      world,
      "analytics_events",
      `insert into stream.analytics_events (tenant_id, id, event, user_id, properties, occurred_at, received_at)
       select '${tenant.id}', gen_random_uuid(), 'event ' || n % 20, 'user ' || (n * 7919::bigint) % ${PEOPLE},
         '{"path": "/products"}', timestamptz '2026-02-01T00:00:00Z' + n * interval '30 days' / ${EVENTS},
         timestamptz '2026-03-02T09:00:00Z'
       from generate_series(${first}, ${last}) as n`,
    );
  }
  await asWriter(
    world,
    "analytics_changes",
    `insert into stream.analytics_changes (tenant_id, hour)
     select '${tenant.id}', hour from generate_series(timestamptz '2026-02-01T00:00:00Z',
       timestamptz '2026-03-02T23:00:00Z', interval '1 hour') as hour`,
  );
}

async function asWriter(world: World, table: string, script: string): Promise<void> {
  await withMigrator(world.services.db, async (tx) => {
    await runScript(tx, `alter table stream.${table} no force row level security`);
    await runScript(tx, script);
    await runScript(tx, `alter table stream.${table} force row level security`);
  });
}

async function distinctPeople({ ctx, tenant }: Company): Promise<void> {
  await ctx.read((tx) => [
    tx.execute(sql`select count(distinct user_id), count(*) from stream.analytics_events
      where tenant_id = ${tenant.id}::uuid and occurred_at >= '2026-02-01T00:00:00Z'`),
  ]);
}

async function repeated(work: () => Promise<unknown>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await timed(work));
  return median(times);
}
