import { type SQL, sql } from "drizzle-orm";
import { tenants } from "../../db/control/schema/tenants.ts";
import { timeOfId } from "../platform/ids.ts";
import type { ApiCall } from "./api_call.ts";

const MAX_MICROSECONDS = 2 ** 31 - 1;
/** Postgres text never contains it. */
const SEPARATOR = "\0";

/** API calls that one statement writes. Holds what calls have in common once, because most calls differ only in id and duration. */
export class CallBatch {
  readonly #common = new Map<string, { position: number; call: ApiCall }>();
  readonly #ids: string[] = [];
  readonly #positions: number[] = [];
  readonly #durations: number[] = [];

  get size(): number {
    return this.#ids.length;
  }

  add(call: ApiCall): void {
    this.#ids.push(call.id);
    this.#positions.push(this.#positionOf(call));
    this.#durations.push(Math.min(Math.round(call.milliseconds * 1_000), MAX_MICROSECONDS));
  }

  /** Skips deleted tenants. Locks the others, so that no deletion can run at the same time and leave rows behind. */
  toStatement(): SQL {
    const calls = [...this.#common.values()].map(({ call }) => call);
    const texts = (valueOf: (call: ApiCall) => string | null) => textArray(calls.map(valueOf));
    const tenantIds = array([...new Set(calls.map(({ tenantId }) => tenantId))]);
    const moments = array(this.#ids.map((id) => timeOfId(id).getTime()));
    return sql`
      with existing as (
        select id from ${tenants} where id = any(${tenantIds}::uuid[]) order by id for key share)
      select stream.add_api_requests(
        array(select id from existing),
        ${array(calls.map(({ tenantId }) => tenantId))}::uuid[],
        ${array(calls.map(({ actor }) => actor.id))}::uuid[],
        ${texts(({ actor }) => actor.type)}::text[],
        ${texts(({ actor }) => actor.name)}::text[],
        ${texts(({ method }) => method)}::text[],
        ${texts(({ endpoint }) => endpoint)}::text[],
        ${array(calls.map(({ status }) => status))}::smallint[],
        ${texts(({ errorCode }) => errorCode)}::text[],
        ${texts(({ ipAddress }) => ipAddress)}::text[],
        ${array(this.#ids)}::uuid[],
        ${moments}::bigint[],
        ${array(this.#positions)}::integer[],
        ${array(this.#durations)}::integer[])`;
  }

  /** The position of what the call has in common with others, from 1. */
  #positionOf(call: ApiCall): number {
    const { tenantId, actor, method, endpoint, status, errorCode, ipAddress } = call;
    const key = [tenantId, actor.type, actor.id, actor.name, method, endpoint, status, errorCode, ipAddress]
      .join(SEPARATOR);
    const known = this.#common.get(key);
    if (known) return known.position;
    const position = this.#common.size + 1;
    this.#common.set(key, { position, call });
    return position;
  }
}

/** Ids and numbers as a Postgres array literal. */
function array(values: readonly (string | number)[]): string {
  return `{${values.join(",")}}`;
}

/** Texts as a Postgres array literal. */
function textArray(texts: readonly (string | null)[]): string {
  return array(texts.map((text) => text === null ? "NULL" : `"${text.replaceAll(/["\\]/g, "\\$&")}"`));
}
