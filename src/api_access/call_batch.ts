import { type SQL, sql } from "drizzle-orm";
import { timeOfId } from "../platform/ids.ts";
import type { ApiCall } from "./api_call.ts";
import { idArray, numberArray, textArray } from "../platform/array_literals.ts";
import { Groups } from "../platform/groups.ts";
import { existingTenants } from "./existing_tenants.ts";

const MAX_MICROSECONDS = 2 ** 31 - 1;

/** API calls that one statement writes. Holds what calls have in common once, because most calls differ only in id and duration. */
export class CallBatch {
  readonly #common = new Groups<{ position: number; call: ApiCall }>();
  readonly #ids: string[] = [];
  readonly #positions: number[] = [];
  readonly #durations: number[] = [];
  #size = 0;
  #sealed: { existing: SQL; values: SQL } | undefined;
  #isSent = false;

  get size(): number {
    return this.#size;
  }

  add(call: ApiCall): void {
    this.#size++;
    this.#ids.push(call.id);
    this.#positions.push(this.#positionOf(call));
    this.#durations.push(Math.min(Math.round(call.milliseconds * 1_000), MAX_MICROSECONDS));
  }

  /** Builds the values of the statement, while the database may be busy with another batch. Add no calls after this. */
  seal(): { existing: SQL; values: SQL } {
    return this.#sealed ??= this.#build();
  }

  /**
   * The statement that writes the calls, except those of deleted tenants. It writes all of them or none. From the second time on, it
   * skips calls that are already written, because the answer to a previous statement may have been lost.
   */
  toStatement(): SQL {
    const isRepeated = this.#isSent;
    this.#isSent = true;
    const { existing, values } = this.seal();
    return sql`with existing as (${existing}) select stream.add_api_requests(${isRepeated}::boolean, ${values})`;
  }

  #build(): { existing: SQL; values: SQL } {
    const calls = this.#common.values.map(({ call }) => call);
    const texts = (valueOf: (call: ApiCall) => string | null) => textArray(calls.map(valueOf));
    const values = sql`
      array(select id from existing),
      ${idArray(calls.map(({ tenantId }) => tenantId))}::uuid[],
      ${idArray(calls.map(({ actor }) => actor.id))}::uuid[],
      ${texts(({ actor }) => actor.type)}::text[],
      ${texts(({ actor }) => actor.name)}::text[],
      ${texts(({ method }) => method)}::text[],
      ${texts(({ endpoint }) => endpoint)}::text[],
      ${numberArray(calls.map(({ status }) => status))}::smallint[],
      ${texts(({ errorCode }) => errorCode)}::text[],
      ${texts(({ ipAddress }) => ipAddress)}::text[],
      ${idArray(this.#ids)}::uuid[],
      ${numberArray(this.#ids.map((id) => timeOfId(id).getTime()))}::bigint[],
      ${numberArray(this.#positions)}::integer[],
      ${numberArray(this.#durations)}::integer[]`;
    for (const each of [this.#ids, this.#positions, this.#durations]) each.length = 0; // their texts are enough
    return { existing: existingTenants(calls), values };
  }

  /** The position of what the call has in common with others, from 1. */
  #positionOf(call: ApiCall): number {
    const { tenantId, actor, method, endpoint, status, errorCode, ipAddress } = call;
    return this.#common.valueOf(
      [tenantId, actor.id, endpoint, method, status, errorCode, ipAddress, actor.name, actor.type],
      (before) => ({ position: before + 1, call }),
    ).position;
  }
}
