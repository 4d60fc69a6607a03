/** Creates the partitions of schema `stream` in advance, and drops expired ones. */
import { sql } from "drizzle-orm";
import type { Database } from "../connection/connect.ts";
import { retryBusy } from "../connection/retry.ts";
import { runScript } from "../connection/transaction.ts";
import { type MigratorTx, withMigrator } from "../migration/migrator.ts";

/**
 * A partitioned table, the column that partitions it, and the length of a partition (UTC). `kept` is the number of partitions that
 * are kept before the current one, and `ahead` the number that are created after it. `late` is the number before the current one that
 * a table starts with, because its rows may be that late.
 */
export type StreamTable = {
  name: string;
  column: string;
  length: "month" | "day";
  kept: number;
  ahead: number;
  late?: number;
};

export const STREAM_TABLES: StreamTable[] = [
  // Late reports need rows of the last four months. daily_metrics keeps the figures permanently.
  { name: "api_usage", column: "day", length: "month", kept: 6, ahead: 2 },
  { name: "api_requests", column: "at", length: "day", kept: 30, ahead: 3 },
  { name: "api_request_counts", column: "day", length: "month", kept: 6, ahead: 2 },
  // Deliveries are kept for 30 days.
  { name: "webhook_attempts", column: "at", length: "month", kept: 1, ahead: 2 },
  // As long as the longest of EVENT_DAYS in src/analytics/track/retention.ts. Events may be 34 days late.
  { name: "analytics_events", column: "occurred_at", length: "month", kept: 37, ahead: 2, late: 2 },
];

/** Tables in `stream` that aren't partitioned, because a key must be unique over all time, or because they stay small. */
export const WHOLE_TABLES = [
  "analytics_event_ids",
  "analytics_changes",
  "analytics_daily",
  "analytics_user_months",
  "analytics_rollups",
];

/** A transaction that waits for a table also blocks later queries, so it gives up quickly and is retried. */
const LOCK_TIMEOUT_MILLISECONDS = 300;

/** The length of a period as text. */
const PERIOD_CHARACTERS = { month: "2026-11".length, day: "2026-11-28".length };

/** A month, such as `2026-11`, or a day, such as `2026-11-28`. */
type Period = string;
type Plan = { missing: Period[]; expired: Period[] };

/**
 * Creates the partitions of the current period and the next ones, and drops expired ones. Moves rows that arrived before their
 * partition existed out of the default partition. Several processes may run this at once.
 */
export async function maintainPartitions(db: Database, now: Date): Promise<void> {
  for (const table of STREAM_TABLES) {
    const { missing, expired } = await withMigrator(db, (tx) => plan(tx, table, now));
    if (missing.length + expired.length === 0) continue;
    await retryBusy(() => withMigrator(db, (tx) => maintain(tx, table, now)));
  }
}

/** Locks out readers, because a query that starts while rows move to their partition would miss those rows. */
async function maintain(tx: MigratorTx, table: StreamTable, now: Date): Promise<void> {
  await runScript(
    tx,
    `set local lock_timeout = ${LOCK_TIMEOUT_MILLISECONDS};
    lock table stream.${table.name} in access exclusive mode`,
  );
  const { missing, expired } = await plan(tx, table, now); // again, because another process may have been faster
  for (const each of missing) await runScript(tx, creationScript(table, each));
  for (const each of expired) await runScript(tx, `drop table ${partitionOf(table, each)}`);
}

async function plan(
  tx: MigratorTx,
  { name, length, kept, ahead, late = 0 }: StreamTable,
  now: Date,
): Promise<Plan> {
  const rows = await tx.execute<{ name: string }>(sql`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = to_regclass(${`stream.${name}`}) and relname ~ '_[0-9]{4}(_[0-9]{2})+$' order by relname`);
  const made = rows.map((row) => row.name.slice(-PERIOD_CHARACTERS[length]).replaceAll("_", "-"));
  const current = now.toISOString().slice(0, PERIOD_CHARACTERS[length]);
  const oldest = addPeriods(current, -kept);
  const newest = made.at(-1);
  const next = newest ? addPeriods(newest, 1) : addPeriods(current, -late);
  const first = [oldest, next < current ? next : current].sort().at(-1)!;
  return {
    missing: periodsBetween(first, addPeriods(current, ahead)).filter((each) => !made.includes(each)),
    expired: made.filter((each) => each < oldest),
  };
}

/** Gives the partition its own row security, because the parent's doesn't apply to queries that name the partition. */
function creationScript(table: StreamTable, period: Period): string {
  const [from, to] = [startOf(period), startOf(addPeriods(period, 1))];
  const [parent, partition, rest] = [
    `stream.${table.name}`,
    partitionOf(table, period),
    `stream.${table.name}_default`,
  ];
  return `
    create table ${partition} (like ${parent} including all);
    alter table ${rest} no force row level security;
    with moved as (delete from ${rest} where ${table.column} >= ${from} and ${table.column} < ${to} returning *)
      insert into ${partition} select * from moved;
    alter table ${rest} force row level security;
    alter table ${partition} enable row level security, force row level security;
    alter table ${parent} attach partition ${partition} for values from (${from}) to (${to});`;
}

function partitionOf({ name }: StreamTable, period: Period): string {
  return `stream.${name}_${period.replaceAll("-", "_")}`;
}

/** The first moment of a period as an SQL literal, for a column with days or times. */
function startOf(period: Period): string {
  return `'${isMonth(period) ? `${period}-01` : period}T00:00:00Z'`;
}

function periodsBetween(first: Period, last: Period): Period[] {
  return first > last ? [] : [first, ...periodsBetween(addPeriods(first, 1), last)];
}

function addPeriods(period: Period, count: number): Period {
  const [year, month, day] = period.split("-").map(Number) as [number, number, number | undefined];
  const start = day === undefined
    ? Date.UTC(year, month - 1 + count)
    : Date.UTC(year, month - 1, day + count);
  return new Date(start).toISOString().slice(0, period.length);
}

function isMonth(period: Period): boolean {
  return period.length === PERIOD_CHARACTERS.month;
}
