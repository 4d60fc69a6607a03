import { sql } from "drizzle-orm";
import { clearInterval, setInterval } from "node:timers";
import type { Database } from "../../../db/connection/connect.ts";
import { replicaHeartbeat } from "../../../db/control/schema/installation.ts";
import { SECOND } from "../../platform/clock.ts";
import { isTimeout } from "../../platform/database_errors.ts";
import { describeError, logOf } from "../../platform/log.ts";

/** A replica that is later than this serves no reports. */
export const MAX_LAG = 5 * SECOND;
const MEASURE_EVERY = SECOND;
/** All processes together write the heartbeat about once a second. */
const BEAT_AFTER_SECONDS = 0.8;

const log = logOf("replica");

/**
 * A streaming replica of the database. Its lag is the age of the heartbeat that the replica has, a row that the primary renews about
 * once a second: the time of the last replay also grows while nobody writes. Both times are the primary's, so the clocks of
 * the machines may differ.
 */
export class Replica {
  readonly #primary: Database;
  readonly #replica: Database;
  readonly #onRead: (source: "replica" | "primary") => void;
  /** The moment by the monotonic clock until which the replica is known to have every change. */
  #completeUntil = performance.now();
  #isAnswering = false;
  #measuring: Promise<void> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(primary: Database, replica: Database, onRead: (source: "replica" | "primary") => void) {
    this.#primary = primary;
    this.#replica = replica;
    this.#onRead = onRead;
  }

  /** Milliseconds by which the replica is late. Grows while the replica doesn't answer. */
  get lag(): number {
    return performance.now() - this.#completeUntil;
  }

  get isUsable(): boolean {
    return this.#isAnswering && this.lag <= MAX_LAG;
  }

  /** Measures the lag now, and from then on every second. */
  watch(): void {
    this.#timer ??= setInterval(() => this.measure(), MEASURE_EVERY).unref();
    this.measure();
  }

  /** Measures the lag once. Never throws. */
  measure(): Promise<void> {
    return this.#measuring ??= this.#measure().finally(() => this.#measuring = undefined);
  }

  /**
   * Runs `work` on the replica, or on the primary if the replica is away or late. If the replica fails or cancels `work`, because it
   * conflicts with a change that must be replayed, the primary runs it again. So `work` must only read. A statement that took
   * too long isn't repeated.
   */
  async read<Result>(
    work: (db: Database) => Promise<Result>,
    onPrimary: () => Promise<Result>,
  ): Promise<Result> {
    if (this.isUsable) {
      try {
        const result = await work(this.#replica);
        this.#onRead("replica");
        return result;
      } catch (error) {
        if (isTimeout(error)) throw error;
        this.#leave("a report failed on the replica", error);
      }
    }
    this.#onRead("primary");
    return await onPrimary();
  }

  /** Throws if reports are read from the primary. */
  check(): void {
    if (this.isUsable) return;
    throw new Error(
      this.#isAnswering
        ? `the replica is ${Math.round(this.lag / SECOND)} seconds late`
        : "the replica doesn't answer",
    );
  }

  /** The connections of reports. */
  connections() {
    return this.#replica.stats().filter(({ lane }) => lane === "0").map((lane) => ({
      ...lane,
      lane: "replica",
    }));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#replica.close();
    await this.#measuring;
  }

  async #measure(): Promise<void> {
    const sentAt = performance.now();
    let now: number;
    try {
      now = await this.#beat();
    } catch (error) {
      log.debug("the heartbeat for replicas was not written", describeError(error));
      return;
    }
    try {
      const beat = await this.#lastBeat();
      if (beat === undefined) throw new Error("the replica has no heartbeat yet");
      this.#completeUntil = sentAt - (now - beat);
      if (!this.#isAnswering) log.info("reports are read from the replica", { lag: Math.round(this.lag) });
      this.#isAnswering = true;
    } catch (error) {
      this.#leave("the replica doesn't answer", error);
    }
  }

  /** Renews the heartbeat if it isn't fresh, and returns the primary's time in milliseconds. */
  async #beat(): Promise<number> {
    const [row] = await this.#primary.control.execute<{ now: number }>(sql`
      with beat as (
        insert into ${replicaHeartbeat} as last (name, at) values ('primary', now())
        on conflict (name) do update set at = excluded.at
        where last.at < now() - ${BEAT_AFTER_SECONDS} * interval '1 second'
      ) select (extract(epoch from now()) * 1000)::float8 as now`);
    return row!.now;
  }

  async #lastBeat(): Promise<number | undefined> {
    const [row] = await this.#replica.control.execute<{ at: number }>(
      sql`select (extract(epoch from at) * 1000)::float8 as at from ${replicaHeartbeat}`,
    );
    return row?.at;
  }

  /** Reads from the primary until the next measurement succeeds. */
  #leave(reason: string, error: unknown): void {
    if (this.#isAnswering) log.warn(`${reason}; the primary answers`, describeError(error));
    this.#isAnswering = false;
  }
}
