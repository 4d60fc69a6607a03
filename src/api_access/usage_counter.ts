import { setTimeout as wait } from "node:timers/promises";
import { type SQL, sql } from "drizzle-orm";
import { type ControlDb, controlHandle } from "../../db/connection/control_handle.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { TenantId } from "../../db/ids.ts";
import { BatchedWrites } from "../platform/batched_writes.ts";
import { type Clock, SECOND } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadline.ts";
import { part, type Services } from "../ports.ts";
import { CountedBatches } from "./counted_batches.ts";

const HOLDER = "API usage";
/** A call is answered after this time, even if the database hasn't counted it yet. */
const LONGEST_WAIT = 2 * SECOND;
/** While a write runs, calls gather for this long, in milliseconds, because a write costs as much as several calls. */
const GATHER_FOR = 5;

/** The number of a tenant's calls on a day (UTC). */
type Usage = { tenantId: TenantId; day: string; calls: number };

/**
 * Counts API calls. A statement writes the counts of all tenants, and calls that come while it runs share the next one, so that
 * hundreds of calls cost a few writes. What can't be written is kept in memory and tried again.
 */
export class UsageCounter {
  readonly #batches: CountedBatches<Usage>;
  readonly #clock: Clock;
  readonly #writes: BatchedWrites;
  #usage = new Map<string, Usage>();
  /** The next write, which all calls until then share. */
  #next: Promise<void> | undefined;

  constructor(control: ControlDb, clock: Clock) {
    this.#batches = new CountedBatches(control, toStatement);
    this.#clock = clock;
    this.#writes = new BatchedWrites(() => this.#writeAll());
  }

  /** Resolves once the call is in the database, once the database refused it for now, or after two seconds. */
  async count(tenantId: TenantId): Promise<void> {
    this.#add({ tenantId, day: this.#clock.now().toISOString().slice(0, 10), calls: 1 });
    await (this.#next ??= this.#gather());
  }

  flush(): Promise<void> {
    return this.#writes.flush();
  }

  async #gather(): Promise<void> {
    await (this.#writes.isWriting ? wait(GATHER_FOR) : undefined);
    this.#next = undefined;
    await withDeadline(LONGEST_WAIT, () => this.#writes.flush()).catch(() => {});
  }

  #writeAll(): Promise<void> {
    return this.#batches.write(() => {
      const counted = [...this.#usage.values()];
      this.#usage = new Map();
      return counted;
    });
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
function toStatement(counted: readonly Usage[], isNew: SQL): SQL {
  const [ids, days, calls] = [
    arrayOf(counted, "tenantId"),
    arrayOf(counted, "day"),
    arrayOf(counted, "calls"),
  ];
  return sql`counted as (
      select usage.* from unnest(${ids}::uuid[], ${days}::date[], ${calls}::bigint[]) as usage(tenant_id, day, calls)
      join ${tenants} tenant on tenant.id = usage.tenant_id where ${isNew} for key share of tenant)
    select stream.add_api_usage(array_agg(tenant_id), array_agg(day), array_agg(calls)) from counted`;
}

/** One field of each item as a Postgres array literal. The values contain no commas or quotes. */
function arrayOf(counted: readonly Usage[], name: keyof Usage): string {
  return `{${counted.map((usage) => usage[name]).join(",")}}`;
}

/** Calls wait for these writes, so they have neither the connections of slow work nor one that other requests share. */
function usageCounter({ db: { controlPool }, clock }: Services): UsageCounter {
  return new UsageCounter(controlHandle((work) => controlPool.with(HOLDER, "transaction", work)), clock);
}

export const API_USAGE = part("API usage", usageCounter, {
  forgetTenant: (counter, id) => counter.forget(id),
  close: (counter) => counter.close(),
});
