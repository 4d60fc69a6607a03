import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import { type PostgresJsQueryResultHKT, PostgresJsSession } from "drizzle-orm/postgres-js";
import type { Client } from "./connection.ts";

type AnyDb = PgDatabase<PostgresJsQueryResultHKT>;
type Preparable<Answer> = {
  prepare(name: string): { execute(values?: Record<string, unknown>): Promise<Answer> };
};

const dialect = new PgDialect();
const noClient = { options: { parsers: {}, serializers: {} } } as unknown as Client;
const builder = new PgDatabase(
  dialect,
  new PostgresJsSession(noClient, dialect, undefined, {}),
  undefined,
) as AnyDb;

const clients = new WeakMap<AnyDb, Client>();

/** Records the client of a handle, so that prepared queries use the same client. */
export function rememberClient(db: AnyDb, client: Client): void {
  clients.set(db, client);
}

/**
 * Builds a query once and runs it on any handle. This pays off for frequent queries, because building a query costs more than
 * sending it. The query contains `sql.placeholder(name)` for each value that a run provides. Like any Drizzle query, it is sent
 * when its `then` is called.
 */
export function prepareQuery<Answer>(build: (db: AnyDb) => Preparable<Answer>) {
  let prepared: ReturnType<Preparable<Answer>["prepare"]> | undefined;
  return (db: AnyDb, values: Record<string, unknown> = {}): PromiseLike<Answer> => {
    prepared ??= build(builder).prepare("built once");
    const query = Object.assign(Object.create(prepared), { client: clients.get(db) }) as typeof prepared;
    return { then: (resolve, reject) => query.execute(values).then(resolve, reject) };
  };
}
