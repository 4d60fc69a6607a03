import type { Brand } from "../../src/platform/brand.ts";
import { parseSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import type { Database } from "./connect.ts";
import { type Answers, runFlight, runTransaction, type TransactionDb } from "./transaction.ts";

/** A handle on one tenant's tables, valid during one transaction. */
export type TenantTx = Brand<TransactionDb, "TenantTx">;

/** A handle on schema `control`, valid during one transaction. */
export type ControlTx = Brand<TransactionDb, "ControlTx">;

/** How long a statement may run, in milliseconds. A longer one is canceled. */
export type TransactionLimits = { statementTimeout?: number };

/**
 * Runs `work` in a transaction with the tenant's role, which sees only the tenant's schema. The role and the search_path are set
 * with LOCAL, so they never outlive the transaction. They are sent together with the first query, so they cost no round trip.
 * Don't make network calls in `work`, and don't keep the transaction open for a whole request.
 */
export function withTenant<T>(
  db: Database,
  schema: SchemaName,
  work: (tx: TenantTx) => PromiseLike<T>,
  { statementTimeout }: TransactionLimits = {},
): Promise<T> {
  const borrow = { pool: db.lane(schema), holder: schema };
  const limit = statementTimeout === undefined
    ? ""
    : `; set local statement_timeout = ${Math.round(statementTimeout)}`;
  return runTransaction(borrow, `${db.begin}; ${enter(schema)}${limit}`, (tx) => work(tx as TenantTx));
}

/**
 * Like `withTenant`, for independent queries: sends all of them and the transaction's statements in one round trip.
 * `build` returns the queries without awaiting them. The results have the same order.
 */
export function readTenant<Queries extends readonly PromiseLike<unknown>[]>(
  db: Database,
  schema: SchemaName,
  build: (tx: TenantTx) => readonly [...Queries],
): Promise<Answers<Queries>> {
  const borrow = { pool: db.lane(schema), holder: schema };
  return runFlight(borrow, `${db.begin}; ${enter(schema)}`, (tx) => build(tx as TenantTx));
}

/** Runs `work` in a transaction of the application's login, which sees `control` and no tenant's schema. */
export function withControl<T>(db: Database, work: (tx: ControlTx) => PromiseLike<T>): Promise<T> {
  const borrow = { pool: db.controlPool, holder: db.controlHolder };
  return runTransaction(borrow, db.begin, (tx) => work(tx as ControlTx));
}

function enter(schema: SchemaName): string {
  const name = parseSchemaName(schema);
  return `set local role ${name}; set local search_path = ${name}`;
}
