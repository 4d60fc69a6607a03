import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import { type PostgresJsQueryResultHKT, PostgresJsSession } from "drizzle-orm/postgres-js";
import type { Client, Send } from "./connection.ts";
import { rememberClient } from "./prepared.ts";
import { isOutdatedPlan, retryOnce } from "./transaction.ts";

/** A handle for single statements on `control`. */
export type ControlDb = PgDatabase<PostgresJsQueryResultHKT>;

/** Lends a connection to `work` until it finishes. */
export type Lend = <T>(work: (send: Send) => PromiseLike<T>) => Promise<T>;

const dialect = new PgDialect();

/**
 * A handle that sends each statement on a connection that `lend` provides. Drizzle sends unprepared statements, which
 * cost a second round trip with this driver. This handle prepares statements if the connection allows it. It always
 * uses the extended protocol, with one statement per message and values separate from the SQL.
 */
export function controlHandle(lend: Lend): ControlDb {
  const client = {
    options: { parsers: {}, serializers: {} },
    unsafe: (text: string, values: never[] = []) => {
      const ask = (asArrays: boolean) =>
        retryOnce(() =>
          lend<unknown>((send) => {
            const query = send(text, values, { prepare: true, simple: false });
            return asArrays ? query.values() : query;
          }), isOutdatedPlan);
      const query: PromiseLike<unknown> = {
        then: (resolve, reject) => ask(false).then(resolve, reject),
      };
      return Object.assign(query, { values: () => ask(true) });
    },
  } as unknown as Client;
  const handle = new PgDatabase(
    dialect,
    new PostgresJsSession(client, dialect, undefined, {}),
    undefined,
  ) as ControlDb;
  rememberClient(handle, client);
  return handle;
}
