import { PgDatabase, PgDialect } from "drizzle-orm/pg-core";
import { type PostgresJsQueryResultHKT, PostgresJsSession } from "drizzle-orm/postgres-js";
import type postgres from "postgres";
import { isRoleRefused } from "../../src/platform/database_errors.ts";
import type { Client, Send, Use } from "./connection.ts";
import type { ConnectionPool } from "./connection_pool.ts";
import { rememberClient } from "./prepared.ts";

export type TransactionDb = PgDatabase<PostgresJsQueryResultHKT>;

/** What a transaction may send. Changing the role, the search_path or the transaction itself is not among it. */
const ALLOWED = /^\s*(?:select|insert|update|delete|with|values|savepoint|release|rollback to)\b/i;

const dialect = new PgDialect();

const statementsOf = new WeakMap<TransactionDb, Statements>();

/** Of which pool a transaction takes its connection, in whose name, and how it uses the connection. */
export type Borrow = { pool: ConnectionPool; holder: string; use?: Exclude<Use, "flight"> };

/** Runs constant SQL of several statements inside the transaction of `db`: migrations and the making of schemas. */
export async function runScript(db: TransactionDb, script: string): Promise<void> {
  await statementsOf.get(db)!.script(script);
}

/**
 * Runs `work` in one transaction on a connection of its own. `setup` (constant SQL: `begin` and what belongs to it)
 * travels with the first query, in the same flight. Commits when `work` returns, rolls back when it throws; where that
 * was because a role was refused, `work` is run once more. Where it is no async function and returns a query that isn't
 * sent yet, the commit travels with it as well.
 */
export function runTransaction<T>(
  { pool, holder, use = "transaction" }: Borrow,
  setup: string,
  work: (db: TransactionDb) => PromiseLike<T>,
): Promise<T> {
  const run = () =>
    pool.with(holder, use, async (send) => {
      const statements = new Statements(send, setup);
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
  return onceMore(run, isRoleRefused);
}

/**
 * Runs independent queries as one transaction in one flight: setup, queries and commit leave together. Where a table has
 * changed since a query was prepared, the whole flight is flown once more: nothing of the first was committed.
 */
export async function runFlight<Queries extends readonly PromiseLike<unknown>[]>(
  { pool, holder }: Borrow,
  setup: string,
  build: (db: TransactionDb) => readonly [...Queries],
): Promise<Answers<Queries>> {
  const fly = () =>
    pool.with(holder, "flight", async (send) => {
      const statements = new Statements(send, setup);
      return await statements.sendTogether(build(statements.db())) as Answers<Queries>;
    });
  return await onceMore(fly, (error) => isOutdatedPlan(error) || isRoleRefused(error));
}

/**
 * Does again what failed for such a reason. A connection may be refused a role that was made a moment ago, because it
 * doesn't know of it yet, or has worked out at that very moment what its login may do: then it is replaced.
 */
export async function onceMore<T>(work: () => Promise<T>, isReason: (error: unknown) => boolean): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isReason(error)) throw error;
    return await work();
  }
}

/** "cached plan must not change result type" */
export function isOutdatedPlan(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return cause instanceof Error && "routine" in cause && cause.routine === "RevalidateCachedQuery";
}

/** What the queries of a flight answer, in their order. */
export type Answers<Queries extends readonly PromiseLike<unknown>[]> = {
  -readonly [Index in keyof Queries]: Awaited<Queries[Index]>;
};

/** The statements of one transaction. Once it is over, nothing more can be sent through it. */
class Statements {
  readonly #client: Client;
  readonly #send: Send;
  readonly #setup: string;
  #begun: Promise<unknown> | undefined;
  #over = false;

  constructor(send: Send, setup: string) {
    this.#send = send;
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
    await this.#send(text);
  }

  /** Sends queries and the commit without waiting in between. */
  async sendTogether<Answer>(queries: readonly PromiseLike<Answer>[]): Promise<Answer[]> {
    // A query is sent when its `then` is called, so all are called before the commit.
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

  /** On a lost connection there is nothing left to roll back: Postgres did. */
  async rollback(): Promise<void> {
    this.#over = true;
    try {
      if (this.#begun) await this.#send("rollback");
    } catch { /* the error that led here is the one to tell */ }
  }

  /** A failed setup aborts all that follows it in the flight; then it is the error to tell. */
  async cause(error: unknown): Promise<unknown> {
    return await this.#begun?.then(() => error, (setupError) => setupError) ?? error;
  }

  #query = (text: string, values: postgres.ParameterOrJSON<never>[] = []) => {
    if (!ALLOWED.test(text)) {
      throw new Error("A transaction sends queries and changes of rows, nothing else.");
    }
    this.#begin();
    return this.#send(text, values, { prepare: true, simple: false });
  };

  #begin(): void {
    if (this.#over) throw new Error("This transaction is over; its handle can't be used any more.");
    if (this.#begun) return;
    this.#begun = this.#send(this.#setup);
    this.#begun.catch(() => {});
  }
}
