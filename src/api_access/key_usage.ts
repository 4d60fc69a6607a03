import { sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { apiKeys } from "../../db/control/schema/api_keys.ts";
import { BatchedWrites } from "../platform/batched_writes.ts";
import { MemoryCache } from "../platform/cache.ts";
import { type Clock, MINUTE } from "../platform/clock.ts";
import { describeError, logOf } from "../platform/log.ts";
import { part } from "../ports.ts";

const CAPACITY = 20_000;

const log = logOf("usage");

/** Notes when keys were used last: for each key once a minute, and for all keys in one statement. */
export class KeyUsage {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #writes: BatchedWrites;
  /** The keys that were noted within the last minute. */
  readonly #noted = new MemoryCache<true>({ capacity: CAPACITY, ttl: MINUTE });
  #pending = new Map<string, Date>();

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#writes = new BatchedWrites(() => this.#writeAll());
  }

  used(keyId: string): void {
    if (this.#noted.get(keyId)) return;
    this.#noted.set(keyId, true);
    this.#pending.set(keyId, this.#clock.now());
  }

  flush(): Promise<void> {
    return this.#writes.flush();
  }

  close(): Promise<void> {
    return this.#writes.close();
  }

  /** Keeps the times for the next attempt if they can't be written. */
  async #writeAll(): Promise<void> {
    const pending = this.#pending;
    if (pending.size === 0) return;
    this.#pending = new Map();
    try {
      await write(this.#db, [...pending]);
    } catch (error) {
      log.warn("the last use of API keys could not be written and will be retried", describeError(error));
      this.#pending = new Map([...pending, ...this.#pending]);
    }
  }
}

/** Skips keys that another process is writing right now: their time is as good. */
async function write({ batch }: Database, used: [keyId: string, at: Date][]): Promise<void> {
  const [ids, times] = [used.map(([id]) => id), used.map(([, at]) => at.toISOString())];
  await batch.control.execute(sql`
    with used as (
      select key.id, use.at from unnest(${arrayOf(ids)}::uuid[], ${
    arrayOf(times)
  }::timestamptz[]) as use(key_id, at)
      join ${apiKeys} key on key.id = use.key_id order by key.id for no key update of key skip locked)
    update ${apiKeys} key set last_used_at = greatest(key.last_used_at, used.at) from used where used.id = key.id`);
}

/** A Postgres array literal. The values contain no commas or quotes. */
function arrayOf(values: string[]): string {
  return `{${values.join(",")}}`;
}

export const KEY_USAGE = part("API key usage", ({ db, clock }) => new KeyUsage(db, clock), {
  close: (usage) => usage.close(),
});
