/** Creates the monthly partitions of schema `stream` in advance, and drops expired ones. */
import { sql } from "drizzle-orm";
import type { Database } from "../connection/connect.ts";
import { retryBusy } from "../connection/retry.ts";
import { runScript } from "../connection/transaction.ts";
import { type MigratorTx, withMigrator } from "../migration/migrator.ts";

/** A partitioned table, the column that partitions it, and how many months a row is kept after its own month. */
export type StreamTable = { name: string; column: string; keptMonths: number };

export const STREAM_TABLES: StreamTable[] = [
  // Late reports need rows of the last four months. daily_metrics keeps the figures permanently.
  { name: "api_usage", column: "day", keptMonths: 6 },
  // Deliveries are kept for 30 days.
  { name: "webhook_attempts", column: "at", keptMonths: 1 },
];

const MONTHS_AHEAD = 2;

/** A transaction that waits for a table also blocks later queries, so it gives up quickly and is retried. */
const LOCK_TIMEOUT_MILLISECONDS = 300;

/** A month, such as `2026-11`. */
type Month = string;
type Plan = { missing: Month[]; expired: Month[] };

/**
 * Creates the partitions of this month and the next two, and drops expired ones. Moves rows that arrived before their
 * partition existed out of the default partition. Several processes may run this at once.
 */
export async function maintainPartitions(db: Database, now: Date): Promise<void> {
  const month = now.toISOString().slice(0, 7);
  for (const table of STREAM_TABLES) {
    const { missing, expired } = await withMigrator(db, (tx) => plan(tx, table, month));
    if (missing.length + expired.length === 0) continue;
    await retryBusy(() => withMigrator(db, (tx) => maintain(tx, table, month)));
  }
}

/** Locks out readers, because a query that starts while rows move to their partition would miss those rows. */
async function maintain(tx: MigratorTx, table: StreamTable, month: Month): Promise<void> {
  await runScript(
    tx,
    `set local lock_timeout = ${LOCK_TIMEOUT_MILLISECONDS};
    lock table stream.${table.name} in access exclusive mode`,
  );
  const { missing, expired } = await plan(tx, table, month); // again, because another process may have been faster
  for (const each of missing) await runScript(tx, creationScript(table, each));
  for (const each of expired) await runScript(tx, `drop table ${partitionOf(table, each)}`);
}

async function plan(tx: MigratorTx, table: StreamTable, month: Month): Promise<Plan> {
  const rows = await tx.execute<{ name: string }>(sql`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = to_regclass(${`stream.${table.name}`}) and relname ~ '_[0-9]{4}_[0-9]{2}$' order by relname`);
  const made = rows.map(({ name }) => name.slice(-"2026_11".length).replace("_", "-"));
  const oldest = addMonths(month, -table.keptMonths);
  const afterNewest = addMonths(made.at(-1) ?? month, 1);
  const first = [oldest, afterNewest < month ? afterNewest : month].sort().at(-1)!;
  return {
    missing: monthsBetween(first, addMonths(month, MONTHS_AHEAD)).filter((each) => !made.includes(each)),
    expired: made.filter((each) => each < oldest),
  };
}

/** Gives the partition its own row security, because the parent's doesn't apply to queries that name the partition. */
function creationScript(table: StreamTable, month: Month): string {
  const [from, to] = [month, addMonths(month, 1)].map((each) => `'${each}-01 00:00:00+00'`);
  const [parent, partition, rest] = [
    `stream.${table.name}`,
    partitionOf(table, month),
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

function partitionOf({ name }: StreamTable, month: Month): string {
  return `stream.${name}_${month.replace("-", "_")}`;
}

function monthsBetween(first: Month, last: Month): Month[] {
  return first > last ? [] : [first, ...monthsBetween(addMonths(first, 1), last)];
}

function addMonths(month: Month, count: number): Month {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return new Date(Date.UTC(year, number - 1 + count)).toISOString().slice(0, 7);
}
