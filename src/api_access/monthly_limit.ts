import { apiCallsOf } from "../billing/entitlements.ts";
import { monthOf } from "../billing/usage/period.ts";
import type { TenantContext } from "../context.ts";
import { type DomainError, limitReached } from "../errors.ts";
import { MINUTE, SECOND } from "../platform/clock.ts";
import { describeError, logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { part, type Services } from "../ports.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { countCalls } from "./monthly_calls.ts";
import { API_USAGE } from "./usage_counter.ts";

const CALLS_USED_UP = problem(
  "api_calls_used_up",
  "Your plan includes {limit} API calls a month. They are available again on the first of the next month (UTC).",
);

/** How old a count may be, and how old near the limit. Until it is read again, it lacks the calls of other processes. */
const MAX_AGE = MINUTE;
const MAX_AGE_NEAR = 10 * SECOND;
const NEAR = 0.9;
/** Tenants that call less often than this are forgotten. Looking for them walks over all, so it is done once in as long. */
const FORGET_AFTER = 10 * MINUTE;

const log = logOf("usage");

/** The calls of a tenant in a month: those in the database when they were read, and those of this process since then. */
type Count = { month: number; stored: number; since: number; readAt: number; reading: Promise<void> | null };

/**
 * The error to throw if the tenant has used up its plan's API calls of this month, or null. Only a process's first call of a tenant
 * waits for a query. Later calls use a count that is read again in the background.
 */
export async function checkMonthlyCalls(ctx: TenantContext): Promise<DomainError | null> {
  const limit = apiCallsOf(ctx.tenant, ctx.services.clock.now());
  if (limit === null) return null;
  const used = await ctx.services.use(MONTHLY_CALLS).used(ctx, limit);
  return used < limit ? null : limitReached(CALLS_USED_UP.with({ limit }), { limit, used });
}

/** Counts a call. Answer it after this, so that a killed process loses none that was answered. */
export function countCallOfMonth(services: Services, tenantId: TenantId): Promise<void> {
  services.use(MONTHLY_CALLS).add(tenantId);
  return services.use(API_USAGE).count(tenantId);
}

class MonthlyCalls {
  readonly #counts = new Map<TenantId, Count>();
  #sweptAt = 0;

  async used(ctx: TenantContext, limit: number): Promise<number> {
    const now = ctx.services.clock.now();
    const month = monthOf(now).start.getTime();
    const known = this.#counts.get(ctx.tenant.id);
    const count = known?.month === month ? known : this.#start(ctx.tenant.id, month);
    const isNew = count.readAt === 0;
    const maxAge = count.stored + count.since < limit * NEAR ? MAX_AGE : MAX_AGE_NEAR;
    if (isNew || now.getTime() - count.readAt > maxAge) {
      count.reading ??= this.#read(ctx, count).finally(() => count.reading = null);
      if (isNew) await count.reading;
    }
    return count.stored + count.since;
  }

  add(tenantId: TenantId): void {
    const count = this.#counts.get(tenantId);
    if (count) count.since++;
  }

  forget(tenantId: string): void {
    this.#counts.delete(tenantId as TenantId);
  }

  #start(tenantId: TenantId, month: number): Count {
    const count = { month, stored: 0, since: 0, readAt: 0, reading: null };
    this.#counts.set(tenantId, count);
    return count;
  }

  /**
   * Writes this process's calls first, so that none is missing. Those that arrive before the write count twice until the next time.
   * While the database can't be read, calls pass.
   */
  async #read(ctx: TenantContext, count: Count): Promise<void> {
    const now = ctx.services.clock.now();
    const before = count.since;
    try {
      await ctx.services.use(API_USAGE).flush();
      count.stored = await countCalls(ctx, monthOf(now));
      count.since -= before;
    } catch (error) {
      log.warn("the API calls of a month could not be read", {
        tenantId: ctx.tenant.id,
        ...describeError(error),
      });
    }
    count.readAt = now.getTime();
    this.#forgetIdle(now.getTime());
  }

  #forgetIdle(now: number): void {
    if (now - this.#sweptAt < FORGET_AFTER) return;
    this.#sweptAt = now;
    for (const [id, { readAt, reading }] of this.#counts) {
      if (!reading && now - readAt > FORGET_AFTER) this.#counts.delete(id);
    }
  }
}

export const MONTHLY_CALLS = part("monthly API calls", () => new MonthlyCalls(), {
  forgetTenant: (calls, id) => calls.forget(id),
});
