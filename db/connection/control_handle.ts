import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import { type PostgresJsQueryResultHKT, PostgresJsSession } from "drizzle-orm/postgres-js";
import type { Client, Send } from "./connection.ts";
import { rememberClient } from "./prepared.ts";
import { isOutdatedPlan, onceMore } from "./transaction.ts";

/** A handle for single statements on `control`. */
export type ControlDb = PgDatabase<PostgresJsQueryResultHKT>;

/** Lends a connection for the time of `work`. */
export type Lend = <T>(work: (send: Send) => PromiseLike<T>) => Promise<T>;

const dialect = new PgDialect();

/**
 * A handle that sends each statement on a connection which `lend` chooses. Drizzle sends each statement unprepared, which
 * costs this driver a second round trip. This handle prepares them where it may, and always uses the extended protocol:
 * one statement a message, values beside it and never inside.
 */
export function controlHandle(lend: Lend): ControlDb {
  const client = {
    options: { parsers: {}, serializers: {} },
    unsafe: (text: string, values: never[] = []) => {
      const ask = (asArrays: boolean) =>
        onceMore(() =>
          lend<unknown>((send) => {
            const query = send(text, values, { prepare: true, simple: false });
            return asArrays ? query.values() : query;
          }), isOutdatedPlan);
      const ordinary: PromiseLike<unknown> = {
        then: (answered, failed) => ask(false).then(answered, failed),
      };
      return Object.assign(ordinary, { values: () => ask(true) });
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
