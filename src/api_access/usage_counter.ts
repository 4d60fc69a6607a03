import { clearInterval, setInterval } from "node:timers";
import { sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import type { SchemaName } from "../../db/tenant/schema_name.ts";
import { apiUsage } from "../../db/tenant/schema/usage.ts";
import { withTenant } from "../../db/connection/with_tenant.ts";
import { isTenantGone } from "../platform/database_errors.ts";
import { type Clock, SECOND } from "../platform/clock.ts";
import { describeError, logOf } from "../platform/log.ts";
import { part } from "../ports.ts";

const FLUSH_EVERY = 5 * SECOND;

const log = logOf("usage");

/**
 * Counts API calls in memory and adds them to the tenants' tables every few seconds and at the end, so that a call
 * costs no write. A process that is killed loses the last few seconds.
 */
export class UsageCounter {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #timer: ReturnType<typeof setInterval>;
  #calls = new Map<SchemaName, Map<string, number>>();
  #flushing: Promise<void> | undefined;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#timer = setInterval(() => this.#flushing ?? this.flush(), FLUSH_EVERY).unref();
  }

  count(schema: SchemaName): void {
    const day = this.#clock.now().toISOString().slice(0, 10);
    const days = this.#calls.get(schema) ?? new Map<string, number>();
    days.set(day, (days.get(day) ?? 0) + 1);
    this.#calls.set(schema, days);
  }

  /** Adds what was counted so far. What can't be added now is kept for the next time. */
  async flush(): Promise<void> {
    await this.#flushing;
    this.#flushing = this.#addAll().finally(() => this.#flushing = undefined);
    await this.#flushing;
  }

  async #addAll(): Promise<void> {
    const counted = this.#calls;
    this.#calls = new Map();
    for (const [schema, days] of counted) {
      for (const [day, calls] of days) {
        await this.#add(schema, day, calls).catch((error) => this.#keep(schema, day, calls, error));
      }
    }
  }

  /** Drops what was counted for a tenant that is gone. */
  forget(schema: SchemaName): void {
    this.#calls.delete(schema);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #add(schema: SchemaName, day: string, calls: number): Promise<void> {
    await withTenant(this.#db, schema, (tx) =>
      tx.insert(apiUsage).values({ day, calls }).onConflictDoUpdate({
        target: apiUsage.day,
        set: { calls: sql`${apiUsage.calls} + excluded.calls` },
      }));
  }

  #keep(schema: SchemaName, day: string, calls: number, error: unknown): void {
    if (isTenantGone(error)) return;
    log.warn("API calls not counted yet", describeError(error));
    const days = this.#calls.get(schema) ?? new Map<string, number>();
    days.set(day, (days.get(day) ?? 0) + calls);
    this.#calls.set(schema, days);
  }
}

/** The counter of this process. */
export const API_USAGE = part("API usage", ({ db, clock }) => new UsageCounter(db, clock), {
  forgetTenant: (counter, { schema }) => schema && counter.forget(schema),
  close: (counter) => counter.close(),
});
