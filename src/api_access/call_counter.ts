import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../../db/connection/connect.ts";
import type { TenantId } from "../../db/ids.ts";
import { BatchedWrites } from "../platform/batched_writes.ts";
import { DAY } from "../platform/clock.ts";
import { timeOfId } from "../platform/ids.ts";
import { Groups } from "../platform/groups.ts";
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
  #counts = new Groups<Count>();
  /** The day of the last call. Most calls have the same one. */
  #day = { number: Number.NaN, text: "" };

  constructor(db: Database) {
    this.#batches = new CountedBatches(db.batch.control, toStatement);
    this.#writes = new BatchedWrites(() => this.#writeAll());
  }

  add(call: ApiCall): void {
    const { tenantId, method, endpoint, actor } = call;
    const day = this.#dayOf(call);
    const bucket = bucketOf(call.milliseconds);
    const count = this.#counts.valueOf(
      [tenantId, actor.id, endpoint, method, bucket, day],
      () => ({ tenantId, day, method, endpoint, actor, bucket, calls: 0, errors: 0 }),
    );
    count.calls++;
    if (isError(call)) count.errors++;
    count.actor = actor; // its name may have changed
  }

  flush(): Promise<void> {
    return this.#writes.flush();
  }

  close(): Promise<void> {
    return this.#writes.close();
  }

  #dayOf({ id }: ApiCall): string {
    const number = Math.floor(timeOfId(id).getTime() / DAY);
    if (number !== this.#day.number) {
      this.#day = { number, text: new Date(number * DAY).toISOString().slice(0, "2026-11-28".length) };
    }
    return this.#day.text;
  }

  #writeAll(): Promise<void> {
    return this.#batches.write(() => {
      const { values } = this.#counts;
      this.#counts = new Groups();
      return values;
    });
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
