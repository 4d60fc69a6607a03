import type { Brand } from "../../src/platform/brand.ts";
import type { Database } from "./connect.ts";
import { parseSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import { type Answers, runFlight, runTransaction, type TransactionDb } from "./transaction.ts";

/** A handle on one tenant's tables, for the time of one transaction. */
export type TenantTx = Brand<TransactionDb, "TenantTx">;

/** A handle on schema `control`, for the time of one transaction. */
export type ControlTx = Brand<TransactionDb, "ControlTx">;

/**
 * Runs `work` in a transaction that acts as the tenant's own role and sees the tenant's schema alone. Role and
 * search_path are LOCAL: nothing of them outlives the transaction, whatever happens in it. They travel with the
 * first query, so they cost no round trip. Do no network call and no whole request inside.
 */
export function withTenant<T>(
  db: Database,
  schema: SchemaName,
  work: (tx: TenantTx) => PromiseLike<T>,
): Promise<T> {
  const borrow = { pool: db.lane(schema), holder: schema };
  return runTransaction(borrow, `${db.begin}; ${enter(schema)}`, (tx) => work(tx as TenantTx));
}

/**
 * Like `withTenant`, for queries that don't depend on each other: all of them travel in one flight, and the
 * transaction with them. `build` returns the queries, not awaited; the answers come back in the same order.
 */
export function readTenant<Queries extends readonly PromiseLike<unknown>[]>(
  db: Database,
  schema: SchemaName,
  build: (tx: TenantTx) => readonly [...Queries],
): Promise<Answers<Queries>> {
  const borrow = { pool: db.lane(schema), holder: schema };
  return runFlight(borrow, `${db.begin}; ${enter(schema)}`, (tx) => build(tx as TenantTx));
}

/** Runs `work` in a transaction of the application's own login, which sees `control` and no tenant. */
export function withControl<T>(db: Database, work: (tx: ControlTx) => PromiseLike<T>): Promise<T> {
  const borrow = { pool: db.controlPool, holder: db.controlHolder };
  return runTransaction(borrow, db.begin, (tx) => work(tx as ControlTx));
}

function enter(schema: SchemaName): string {
  const name = parseSchemaName(schema);
  return `set local role ${name}; set local search_path = ${name}`;
}
