import { type SQL, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import { countWriters } from "../../db/control/schema/count_writers.ts";
import { describeError, logOf } from "../platform/log.ts";
import { newId } from "../platform/ids.ts";

const log = logOf("usage");

/** A statement that adds a batch, where `isNew` is a condition: whether the batch wasn't added before. */
type ToStatement<Count> = (counts: readonly Count[], isNew: SQL) => SQL;

/**
 * Adds batches of counts to the database, each exactly once. If the answer to a statement is lost, nobody knows whether it counted,
 * so the same batch is sent again under the same number, which the database has noted with the counts.
 */
export class CountedBatches<Count> {
  readonly #control: ControlDb;
  readonly #toStatement: ToStatement<Count>;
  readonly #writer = newId();
  #number = 0;
  /** The batch that is sent until the database has answered. */
  #current: readonly Count[] = [];

  constructor(control: ControlDb, toStatement: ToStatement<Count>) {
    this.#control = control;
    this.#toStatement = toStatement;
  }

  /** Writes what is left of earlier times, and then what `take` returns. What can't be written waits for the next time. */
  async write(take: () => readonly Count[]): Promise<void> {
    if (!await this.#writeCurrent()) return;
    this.#current = take();
    this.#number++;
    await this.#writeCurrent();
  }

  async #writeCurrent(): Promise<boolean> {
    if (this.#current.length === 0) return true;
    const isNew = sql`exists (select from fresh)`;
    try {
      await this.#control.execute(sql`
        with fresh as (
          insert into ${countWriters} as writer (id, last_batch, written_at) values (${this.#writer}, ${this.#number}, now())
          on conflict (id) do update set last_batch = excluded.last_batch, written_at = excluded.written_at
          where writer.last_batch < excluded.last_batch
          returning id
        ), ${this.#toStatement(this.#current, isNew)}`);
    } catch (error) {
      log.warn("counts of API calls could not be written and will be retried", describeError(error));
      return false;
    }
    this.#current = [];
    return true;
  }
}
