import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import { type PostgresJsQueryResultHKT, PostgresJsSession } from "drizzle-orm/postgres-js";
import type { Client } from "./connection.ts";

type AnyDb = PgDatabase<PostgresJsQueryResultHKT>;
type Preparable<Answer> = {
  prepare(name: string): { execute(values?: Record<string, unknown>): Promise<Answer> };
};

const dialect = new PgDialect();
const nowhere = { options: { parsers: {}, serializers: {} } } as unknown as Client;
const builder = new PgDatabase(
  dialect,
  new PostgresJsSession(nowhere, dialect, undefined, {}),
  undefined,
) as AnyDb;

const clients = new WeakMap<AnyDb, Client>();

/** Says by which client a handle sends, so that prepared queries can go the same way. */
export function rememberClient(db: AnyDb, client: Client): void {
  clients.set(db, client);
}

/**
 * A query that is built once and then runs on any handle, for paths that are taken often: building it anew costs
 * more than sending it. Values are `sql.placeholder(name)` in the query and come with each run. Like any query of
 * Drizzle's, it is sent when its `then` is called: when it is awaited, or put into a flight.
 */
export function prepareQuery<Answer>(build: (db: AnyDb) => Preparable<Answer>) {
  let prepared: ReturnType<Preparable<Answer>["prepare"]> | undefined;
  return (db: AnyDb, values: Record<string, unknown> = {}): PromiseLike<Answer> => {
    prepared ??= build(builder).prepare("built once");
    const query = Object.assign(Object.create(prepared), { client: clients.get(db) }) as typeof prepared;
    return { then: (answered, failed) => query.execute(values).then(answered, failed) };
  };
}
