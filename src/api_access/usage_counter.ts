import { sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { TenantId } from "../../db/ids.ts";
import { BatchedWrites } from "../platform/batched_writes.ts";
import type { Clock } from "../platform/clock.ts";
import { describeError, logOf } from "../platform/log.ts";
import { part } from "../ports.ts";

const log = logOf("usage");

/** The number of a tenant's calls on a day (UTC). */
type Usage = { tenantId: TenantId; day: string; calls: number };

/** Counts API calls in memory, so that a call costs no write. Writes the counts of all tenants in one statement. */
export class UsageCounter {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #writes: BatchedWrites;
  #usage = new Map<string, Usage>();

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#writes = new BatchedWrites(() => this.#writeAll());
  }

  count(tenantId: TenantId): void {
    this.#add({ tenantId, day: this.#clock.now().toISOString().slice(0, 10), calls: 1 });
  }

  flush(): Promise<void> {
    return this.#writes.flush();
  }

  /** Keeps the counts for the next time if they can't be written. */
  async #writeAll(): Promise<void> {
    const counted = [...this.#usage.values()];
    if (counted.length === 0) return;
    this.#usage = new Map();
    try {
      await write(this.#db, counted);
    } catch (error) {
      log.warn("API call counts could not be written and will be retried", describeError(error));
      for (const usage of counted) this.#add(usage);
    }
  }

  /** Drops the counts of a deleted tenant. */
  forget(tenantId: string): void {
    for (const [key, usage] of this.#usage) if (usage.tenantId === tenantId) this.#usage.delete(key);
  }

  close(): Promise<void> {
    return this.#writes.close();
  }

  #add({ tenantId, day, calls }: Usage): void {
    const key = `${tenantId} ${day}`;
    const known = this.#usage.get(key);
    if (known) known.calls += calls;
    else this.#usage.set(key, { tenantId, day, calls });
  }
}

/** Skips deleted tenants. Locks the others, so that no deletion can run at the same time and leave rows behind. */
async function write({ batch }: Database, counted: Usage[]): Promise<void> {
  const [ids, days, calls] = [
    arrayOf(counted, "tenantId"),
    arrayOf(counted, "day"),
    arrayOf(counted, "calls"),
  ];
  await batch.control.execute(sql`
    with counted as (
      select usage.* from unnest(${ids}::uuid[], ${days}::date[], ${calls}::bigint[]) as usage(tenant_id, day, calls)
      join ${tenants} tenant on tenant.id = usage.tenant_id for key share of tenant)
    select stream.add_api_usage(array_agg(tenant_id), array_agg(day), array_agg(calls)) from counted`);
}

/** One field of each item as a Postgres array literal. The values contain no commas or quotes. */
function arrayOf(counted: Usage[], name: keyof Usage): string {
  return `{${counted.map((usage) => usage[name]).join(",")}}`;
}

export const API_USAGE = part("API usage", ({ db, clock }) => new UsageCounter(db, clock), {
  forgetTenant: (counter, id) => counter.forget(id),
  close: (counter) => counter.close(),
});
