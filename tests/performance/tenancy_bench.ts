import { type SQL, sql } from "drizzle-orm";
import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import { PostgresJsSession } from "drizzle-orm/postgres-js";
import type { Client } from "../../db/connection_pool.ts";
import { projects } from "../../db/tenant/schema.ts";
import { readTenant, withTenant } from "../../db/with_tenant.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";
import { World } from "../support/world.ts";
import { alternate, atLeast, type Figure, median, under } from "./measure.ts";

const ROUNDS = 5;
const TRANSACTIONS = 4_000;
const AT_ONCE = 16;
const TENANTS = 15;

/** What acting as a tenant costs, and making one. */
export async function benchTenancy(): Promise<Figure[]> {
  await using world = await World.open();
  const { tenant, owner } = await world.company("bench");
  const { db } = world.services;
  const one = sql`select count(*) from ${projects}`;

  const rates = await alternate(ROUNDS, {
    awaited: () => rate(() => awaited(db.pool, tenant.schemaName, one)),
    withTenant: () => rate(() => withTenant(db, tenant.schemaName, (tx) => tx.execute(one))),
    flight: () => rate(() => readTenant(db, tenant.schemaName, (tx) => [tx.execute(one)])),
  });

  const times: number[] = [];
  for (let number = 0; number < TENANTS; number++) {
    const started = performance.now();
    const wanted = newTenant.parse({ name: "New", subdomain: `new-${number}` });
    await world.system.tx((tx) => createTenant(world.system, tx, wanted, owner.id));
    times.push(performance.now() - started);
  }
  return [
    atLeast(
      "withTenant and a query, of every statement awaited",
      "tx/s",
      rates.withTenant,
      rates.awaited,
      1.7,
    ),
    atLeast("the same in one flight", "tx/s", rates.flight, rates.awaited, 1.7),
    under("making a tenant", "ms", median(times), 120),
  ];
}

type Pool = World["services"]["db"]["pool"];

/** The same transaction with the same query builder, one round trip a statement. */
async function awaited(pool: Pool, schema: string, query: SQL): Promise<void> {
  await pool.with("transaction", async (send) => {
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
