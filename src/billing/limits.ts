import { eq, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { limitCounters } from "../../db/tenant/schema/billing.ts";
import type { TenantContext } from "../context.ts";
import { limitReached } from "../errors.ts";
import { type Problem, problem } from "../platform/problem.ts";
import { type Wording, wording } from "../platform/wording.ts";
import type { PlanKey } from "./plans.ts";

const NOT_IN_PLAN = problem("not_in_plan", "Your plan doesn't include {things}.");
const LIMIT_REACHED = problem(
  "limit_reached",
  "Your plan includes {limit} {things}. Remove one to make room.",
);

/** A limit on the number of things that a tenant may have. */
export type Limit = {
  /** The API's name for the things, a plural noun such as `projects`. */
  readonly name: string;
  /** The singular and plural noun in messages. */
  readonly nouns: { readonly one: Wording; readonly several: Wording };
  /** The maximum in each plan, or null if the plan is unlimited. */
  readonly included: Readonly<Record<PlanKey, number | null>>;
};

/** Declares a limit. A feature lists its limits in its `feature.ts`. */
export function limit(
  name: string,
  { nouns: { one, several }, included }: Pick<Limit, "included"> & {
    nouns: { one: string; several: string };
  },
): Limit {
  const nouns = {
    one: wording(`limit.${name}.one`, one),
    several: wording(`limit.${name}.several`, several),
  };
  return { name, nouns, included };
}

/**
 * Counts one thing toward the limit, in the transaction that creates it. A single conditional update counts and checks,
 * so concurrent requests can't exceed the limit together. Throws `limit_reached`.
 */
export async function reserve({ tenant }: TenantContext, tx: TenantTx, limit: Limit): Promise<void> {
  const included = limit.included[tenant.plan];
  const isLeft = included === null ? undefined : sql`${limitCounters.used} < ${included}`;
  const reserved = included === 0 ? [] : await tx.insert(limitCounters).values({ limit: limit.name, used: 1 })
    .onConflictDoUpdate({
      target: limitCounters.limit,
      set: { used: sql`${limitCounters.used} + 1` },
      setWhere: isLeft,
    }).returning({ used: limitCounters.used });
  if (reserved.length > 0 || included === null) return;
  throw limitReached(problemOf(limit, included), { limit: included, used: await countUsed(tx, limit) });
}

/** Like `reserve`, for things that are counted in their table, behind a lock. `used` leaves out the new thing. */
export function checkRoom(limit: Limit, plan: PlanKey, used: number): void {
  const included = limit.included[plan];
  if (included === null || used < included) return;
  throw limitReached(problemOf(limit, included), { limit: included, used });
}

/** Makes transactions that count toward the limit take turns until this one ends. */
export async function lockLimit(tx: TenantTx, limit: Limit): Promise<void> {
  await tx.insert(limitCounters).values({ limit: limit.name, used: 0 })
    .onConflictDoUpdate({ target: limitCounters.limit, set: { used: sql`${limitCounters.used}` } });
}

/** Uncounts one thing, in the transaction that deletes it. */
export async function release(tx: TenantTx, limit: Limit): Promise<void> {
  await tx.update(limitCounters).set({ used: sql`greatest(${limitCounters.used} - 1, 0)` })
    .where(eq(limitCounters.limit, limit.name));
}

/** The number of things in use. After a downgrade, it may exceed the limit. */
async function countUsed(tx: TenantTx, limit: Limit): Promise<number> {
  const [row] = await tx.select({ used: limitCounters.used }).from(limitCounters)
    .where(eq(limitCounters.limit, limit.name));
  return row?.used ?? 0;
}

function problemOf({ nouns }: Limit, included: number): Problem {
  if (included === 0) return NOT_IN_PLAN.with({ things: nouns.several });
  return LIMIT_REACHED.with({ limit: included, things: included === 1 ? nouns.one : nouns.several });
}
