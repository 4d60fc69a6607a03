import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import { type PostgresJsQueryResultHKT, PostgresJsSession } from "drizzle-orm/postgres-js";
import type postgres from "postgres";
import { isRoleRefused } from "../../src/platform/database_errors.ts";
import { type SpanFacts, traceQuery } from "../../src/platform/tracing.ts";
import type { Client, Send, Use } from "./connection.ts";
import type { ConnectionPool } from "./connection_pool.ts";
import { rememberClient } from "./prepared.ts";

export type TransactionDb = PgDatabase<PostgresJsQueryResultHKT>;

/** The statements that a transaction may send. They can't change the role, the search_path, or the transaction itself. */
const ALLOWED = /^\s*(?:select|insert|update|delete|with|values|savepoint|release|rollback to)\b/i;

const dialect = new PgDialect();

const statementsOf = new WeakMap<TransactionDb, Statements>();

/** The pool that a transaction borrows its connection from, the holder, and the use of the connection. */
export type Borrow = { pool: ConnectionPool; holder: string; use?: Exclude<Use, "flight"> };

/** Runs a script of constant SQL in the transaction of `db`, to migrate or create schemas. */
export async function runScript(db: TransactionDb, script: string): Promise<void> {
  await statementsOf.get(db)!.script(script);
}

/**
 * Runs `work` in one transaction on its own connection. `setup` is constant SQL that starts with `begin`. It is sent together with
 * the first query. Commits when `work` returns, and rolls back when it throws. If Postgres refused a role, runs `work` once more.
 * If `work` is not async and returns an unsent query, the commit is sent together with that query.
 */
export function runTransaction<T>(
  { pool, holder, use = "transaction" }: Borrow,
  setup: string,
  work: (db: TransactionDb) => PromiseLike<T>,
): Promise<T> {
  const run = () =>
    pool.with(holder, use, async (send) => {
      const statements = new Statements(send, holder, setup);
      try {
        const outcome = work(statements.db());
        if (!(outcome instanceof Promise)) return (await statements.sendTogether([outcome]))[0]!;
        const result = await outcome;
        await statements.commit();
        return result;
      } catch (error) {
        await statements.rollback();
        throw await statements.cause(error);
      }
    });
  return retryOnce(() => traceQuery("transaction", tracedAs(holder), run), isRoleRefused);
}

/**
 * Runs independent queries as one transaction in one flight: setup, queries and commit are sent together. If a table has changed
 * since a query was prepared, runs the whole flight once more. The first one was rolled back.
 */
export async function runFlight<Queries extends readonly PromiseLike<unknown>[]>(
  { pool, holder }: Borrow,
  setup: string,
  build: (db: TransactionDb) => readonly [...Queries],
): Promise<Answers<Queries>> {
  const run = () =>
    pool.with(holder, "flight", async (send) => {
      const statements = new Statements(send, holder, setup);
      return await statements.sendTogether(build(statements.db())) as Answers<Queries>;
    });
  return await retryOnce(
    () => traceQuery("read", tracedAs(holder), run),
    (error) => isOutdatedPlan(error) || isRoleRefused(error),
  );
}

/** A span of a transaction starts when it asks for a connection, so it also shows the wait. */
function tracedAs(holder: string): SpanFacts {
  return { "db.system.name": "postgresql", "db.namespace": holder };
}

/**
 * Runs `work`, and retries once if the error is retryable. For example, Postgres can refuse a role that was just created, because
 * the connection still has outdated grants. The pool then replaces that connection.
 */
export async function retryOnce<T>(
  work: () => Promise<T>,
  isRetryable: (error: unknown) => boolean,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isRetryable(error)) throw error;
    return await work();
  }
}

/** Whether `error` is Postgres' "cached plan must not change result type". */
export function isOutdatedPlan(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return cause instanceof Error && "routine" in cause && cause.routine === "RevalidateCachedQuery";
}

/** The results of a flight's queries, in the same order. */
export type Answers<Queries extends readonly PromiseLike<unknown>[]> = {
  -readonly [Index in keyof Queries]: Awaited<Queries[Index]>;
};

/** The statements of one transaction. After the transaction ends, it sends nothing more. */
class Statements {
  readonly #client: Client;
  readonly #send: Send;
  readonly #holder: string;
  readonly #setup: string;
  #begun: Promise<unknown> | undefined;
  #over = false;

  constructor(send: Send, holder: string, setup: string) {
    this.#send = send;
    this.#holder = holder;
    this.#setup = setup;
    this.#client = { options: { parsers: {}, serializers: {} }, unsafe: this.#query } as unknown as Client;
  }

  db(): TransactionDb {
    const session = new PostgresJsSession(this.#client, dialect, undefined, {});
    const db = new PgDatabase(dialect, session, undefined) as TransactionDb;
    statementsOf.set(db, this);
    rememberClient(db, this.#client);
    return db;
  }

  async script(text: string): Promise<void> {
    this.#begin();
    await this.#send(text, undefined, undefined, this.#holder);
  }

  /** Sends queries and the commit without waiting in between. */
  async sendTogether<Answer>(queries: readonly PromiseLike<Answer>[]): Promise<Answer[]> {
    // Calling `then` sends a query, so this sends all queries before the commit.
    const answers = Promise.all(queries.map((query) => query.then((answer) => answer)));
    const committed = this.commit();
    const [result] = await Promise.allSettled([answers, committed]);
    if (result.status === "rejected") throw await this.cause(result.reason);
    await committed;
    return result.value;
  }

  async commit(): Promise<void> {
    this.#over = true;
    if (!this.#begun) return;
    const answer = await this.#send("commit");
    if (answer.command !== "COMMIT") {
      throw await this.cause(new Error("The transaction was rolled back: a query in it failed."));
    }
  }

  /** Ignores a lost connection, because Postgres has rolled back already. */
  async rollback(): Promise<void> {
    this.#over = true;
    try {
      if (this.#begun) await this.#send("rollback");
    } catch { /* the caller reports the original error */ }
  }

  /** Returns the setup's error if the setup failed, because that caused all later errors. Otherwise returns `error`. */
  async cause(error: unknown): Promise<unknown> {
    return await this.#begun?.then(() => error, (setupError) => setupError) ?? error;
  }

  #query = (text: string, values: postgres.ParameterOrJSON<never>[] = []) => {
    if (!ALLOWED.test(text)) {
      throw new Error("A transaction can only query and change rows.");
    }
    this.#begin();
    return this.#send(text, values, { prepare: true, simple: false }, this.#holder);
  };

  #begin(): void {
    if (this.#over) throw new Error("This transaction has ended. Its handle can't be used any longer.");
    if (this.#begun) return;
    this.#begun = this.#send(this.#setup);
    this.#begun.catch(() => {});
  }
}
