import { type SQL, sql } from "drizzle-orm";
import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import { PostgresJsSession } from "drizzle-orm/postgres-js";
import type { Client } from "../../db/connection/connection.ts";
import type { ConnectionPool } from "../../db/connection/connection_pool.ts";
import { readTenant, withTenant } from "../../db/connection/with_tenant.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { benchDirectory } from "./directory_bench.ts";
import { type Fleet, openFleet } from "./fleet.ts";
import { benchLanes } from "./lanes_bench.ts";
import { alternate, atLeast, type Figure, median, timed, under } from "./measure.ts";
import { benchMemoryByLanes } from "./memory_bench.ts";
import { benchMigration } from "./migration_bench.ts";
import { removeLeftovers } from "./removal.ts";
import { openSystem, signUp } from "./services.ts";
import { benchSignUp } from "./sign_up_bench.ts";

const ROUNDS = 5;
const TRANSACTIONS = 4_000;
const AT_ONCE = 16;
const MADE = 15;
const FLEET = 10_000;

/** The cost of acting as a tenant, and of having ten thousand tenants. */
export async function benchTenancy(adminUrl: string): Promise<Figure[]> {
  await removeLeftovers(adminUrl);
  const size = Number(Deno.env.get("BENCH_TENANTS") || FLEET);
  const minutes = Number(Deno.env.get("BENCH_MINUTES") || 1);
  return [
    ...await withFleet(1, adminUrl, benchOneTenant),
    ...await withFleet(size, adminUrl, async (fleet) => [
      ...await benchSignUp(fleet, adminUrl),
      ...await benchDirectory(fleet),
      ...await benchLanes(fleet, minutes),
      ...await benchMigration(fleet), // last: it leaves the fleet ahead of this code
    ]),
    await benchMemoryByLanes(adminUrl),
  ];
}

async function withFleet(
  size: number,
  adminUrl: string,
  bench: (fleet: Fleet) => Promise<Figure[]>,
): Promise<Figure[]> {
  const fleet = await openFleet(size, adminUrl);
  try {
    return await bench(fleet);
  } finally {
    await fleet.close();
  }
}

async function benchOneTenant({ db, schemas }: Fleet): Promise<Figure[]> {
  const schema = schemas[0]!;
  const one = sql`select count(*) from ${projects}`;

  const rates = await alternate(ROUNDS, {
    awaited: () => rate(() => awaited(db.lane(schema), schema, one)),
    withTenant: () => rate(() => withTenant(db, schema, (tx) => tx.execute(one))),
    flight: () => rate(() => readTenant(db, schema, (tx) => [tx.execute(one)])),
  });

  const ctx = await openSystem(db);
  const times: number[] = [];
  for (let number = 0; number < MADE; number++) times.push(await timed(() => signUp(ctx)));
  await ctx.services.close();
  return [
    atLeast(
      "withTenant and a query, of every statement awaited",
      "tx/s",
      rates.withTenant,
      rates.awaited,
      1.7,
    ),
    atLeast("the same in one flight", "tx/s", rates.flight, rates.awaited, 1.7),
    under("making a tenant, no schema being ready", "ms", median(times), 120),
  ];
}

/** The same transaction with the same query builder, with one round trip per statement. */
async function awaited(pool: ConnectionPool, schema: string, query: SQL): Promise<void> {
  await pool.with(schema, "transaction", async (send) => {
    const unsafe = (text: string, values: never[]) => send(text, values, { prepare: true, simple: false });
    const client = { options: { parsers: {}, serializers: {} }, unsafe } as unknown as Client;
    const dialect = new PgDialect();
    const db = new PgDatabase(dialect, new PostgresJsSession(client, dialect, undefined, {}), undefined);
    await send("begin");
    await send(`set local role ${schema}`);
    await send(`set local search_path = ${schema}`);
    await db.execute(query);
    await send("commit");
  });
}

async function rate(transaction: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let left = TRANSACTIONS;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) await transaction();
  }));
  return TRANSACTIONS / (performance.now() - started) * 1_000;
}
