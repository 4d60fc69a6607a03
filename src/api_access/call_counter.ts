import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import type { TenantId } from "../../db/ids.ts";
import { BatchedWrites } from "../platform/batched_writes.ts";
import { timeOfId } from "../platform/ids.ts";
import { part } from "../ports.ts";
import { type ApiCall, isError } from "./api_call.ts";
import { idArray, numberArray, textArray } from "../platform/array_literals.ts";
import { existingTenants } from "./existing_tenants.ts";
import { CountedBatches } from "./counted_batches.ts";
import { bucketOf } from "./latency.ts";

/** Calls of one actor to one endpoint on one day (UTC), with durations in the same bucket. */
type Count = {
  tenantId: TenantId;
  day: string;
  method: string;
  endpoint: string;
  actor: ApiCall["actor"];
  bucket: number;
  calls: number;
  errors: number;
};

/**
 * Counts API calls by day, endpoint, actor and duration, for reports. Writes the counts of all tenants in one statement. It writes
 * less often than the log, so that calls to a busy endpoint share their rows.
 */
export class CallCounter {
  readonly #batches: CountedBatches<Count>;
  readonly #writes: BatchedWrites;
  #counts = new Map<string, Count>();

  constructor(db: Database) {
    this.#batches = new CountedBatches(db.batch.control, toStatement);
    this.#writes = new BatchedWrites(() => this.#writeAll());
  }

  add(call: ApiCall): void {
    const { tenantId, method, endpoint, actor } = call;
    const day = timeOfId(call.id).toISOString().slice(0, "2026-11-28".length);
    const bucket = bucketOf(call.milliseconds);
    this.#add({ tenantId, day, method, endpoint, actor, bucket, calls: 1, errors: isError(call) ? 1 : 0 });
  }

  flush(): Promise<void> {
    return this.#writes.flush();
  }

  close(): Promise<void> {
    return this.#writes.close();
  }

  #writeAll(): Promise<void> {
    return this.#batches.write(() => {
      const counts = [...this.#counts.values()];
      this.#counts = new Map();
      return counts;
    });
  }

  #add(count: Count): void {
    const { tenantId, day, method, endpoint, actor, bucket } = count;
    const key = `${tenantId} ${actor.id} ${day} ${bucket} ${method} ${endpoint}`;
    const known = this.#counts.get(key);
    if (!known) return void this.#counts.set(key, count);
    known.calls += count.calls;
    known.errors += count.errors;
    known.actor = actor; // its name may have changed
  }
}

function toStatement(counts: readonly Count[], isNew: SQL): SQL {
  const ids = (valueOf: (count: Count) => string) => idArray(counts.map(valueOf));
  const texts = (valueOf: (count: Count) => string) => textArray(counts.map(valueOf));
  const numbers = (valueOf: (count: Count) => number) => numberArray(counts.map(valueOf));
  return sql`existing as (${existingTenants(counts)})
    select stream.add_api_request_counts(
      array(select id from existing),
      ${ids(({ tenantId }) => tenantId)}::uuid[],
      ${ids(({ day }) => day)}::date[],
      ${texts(({ method }) => method)}::text[],
      ${texts(({ endpoint }) => endpoint)}::text[],
      ${ids(({ actor }) => actor.id)}::uuid[],
      ${numbers(({ bucket }) => bucket)}::smallint[],
      ${texts(({ actor }) => actor.type)}::text[],
      ${texts(({ actor }) => actor.name)}::text[],
      ${numbers(({ calls }) => calls)}::bigint[],
      ${numbers(({ errors }) => errors)}::bigint[]) where ${isNew}`;
}

export const CALL_COUNTER = part("API call counter", ({ db }) => new CallCounter(db), {
  close: (counter) => counter.close(),
});
