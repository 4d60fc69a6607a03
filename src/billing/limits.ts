import { eq, sql } from "drizzle-orm";
import type { TenantTx } from "../../db/connection/with_tenant.ts";
import { limitCounters } from "../../db/tenant/schema/billing.ts";
import type { TenantContext } from "../context.ts";
import { limitReached } from "../errors.ts";
import { type Problem, problem } from "../platform/problem.ts";
import { type Entitled, includedOf } from "./entitlements.ts";
import { counterOf, type Limit } from "./limit.ts";

const NOT_IN_PLAN = problem("not_in_plan", "Your plan doesn't include {things}.");
const MONTH_USED_UP = problem(
  "month_used_up",
  "Your plan includes {limit} {things}. They are available again on the first of the next month (UTC).",
);
const LIMIT_REACHED = problem(
  "limit_reached",
  "Your plan includes {limit} {things}. Remove one to make room.",
);

/**
 * Counts things toward the limit, in the transaction that creates them. A single conditional update counts and checks,
 * so concurrent requests can't exceed the limit together. Throws `limit_reached`.
 */
export async function reserve(
  { tenant, services }: TenantContext,
  tx: TenantTx,
  limit: Limit,
  count = 1,
): Promise<void> {
  const now = services.clock.now();
  const included = includedOf(tenant, limit, now);
  const counter = counterOf(limit, now);
  const isLeft = included === null ? undefined : sql`${limitCounters.used} + ${count} <= ${included}`;
  const fits = included === null || count <= included;
  const reserved = !fits ? [] : await tx.insert(limitCounters).values({ limit: counter, used: count })
    .onConflictDoUpdate({
      target: limitCounters.limit,
      set: { used: sql`${limitCounters.used} + ${count}` },
      setWhere: isLeft,
    }).returning({ used: limitCounters.used });
  if (reserved.length > 0 || included === null) return;
  throw limitReached(problemOf(limit, included), { limit: included, used: await countUsed(tx, counter) });
}

/** Like `reserve`, for things that are counted in their table, behind a lock. `used` leaves out the new thing. */
export function checkRoom(
  limit: Limit,
  { tenant, now, used }: { tenant: Entitled; now: Date; used: number },
): void {
  const included = includedOf(tenant, limit, now);
  if (included === null || used < included) return;
  throw limitReached(problemOf(limit, included), { limit: included, used });
}

/** Makes transactions that count toward the limit take turns until this one ends. */
export async function lockLimit(tx: TenantTx, limit: Limit): Promise<void> {
  await tx.insert(limitCounters).values({ limit: limit.name, used: 0 })
    .onConflictDoUpdate({ target: limitCounters.limit, set: { used: sql`${limitCounters.used}` } });
}

/** Uncounts one thing, in the transaction that deletes it. A monthly limit needs to know when the thing was reserved. */
export async function release(tx: TenantTx, limit: Limit, reservedAt = new Date(0)): Promise<void> {
  await tx.update(limitCounters).set({ used: sql`greatest(${limitCounters.used} - 1, 0)` })
    .where(eq(limitCounters.limit, counterOf(limit, reservedAt)));
}

/** The number of things in use. After a downgrade, it may exceed the limit. */
async function countUsed(tx: TenantTx, counter: string): Promise<number> {
  const [row] = await tx.select({ used: limitCounters.used }).from(limitCounters)
    .where(eq(limitCounters.limit, counter));
  return row?.used ?? 0;
}

function problemOf({ nouns, counted }: Limit, included: number): Problem {
  if (included === 0) return NOT_IN_PLAN.with({ things: nouns.several });
  if (counted === "monthly") return MONTH_USED_UP.with({ limit: included, things: nouns.several });
  return LIMIT_REACHED.with({ limit: included, things: included === 1 ? nouns.one : nouns.several });
}
