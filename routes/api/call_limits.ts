import type { Next } from "hono";
import { countCall, countUnchanged, endCall, startCall } from "../../src/api_access/call_limits.ts";
import { checkMonthlyCalls, countCallOfMonth } from "../../src/api_access/monthly_limit.ts";
import type { CallerContext } from "./env.ts";
import { setQuotas } from "./rate_limit_headers.ts";

/** A client that has the current version, and asks for changes only, doesn't use up its limits or the plan's calls, within reason. */
const NOT_MODIFIED = 304;

/**
 * Runs a call within its tenant's limits, and tells the client what is left of them. Throws `rate_limited`, or `limit_reached` if the
 * plan includes no more calls this month.
 */
export async function runWithinLimits(c: CallerContext, next: Next): Promise<void> {
  const ctx = c.get("member");
  if (!ctx) return await next();
  const { tenant, services } = ctx;
  startCall(services, tenant);
  try {
    const counted = await countCall(services, tenant, limitedKeyOf(c));
    setQuotas(c, counted.quotas);
    const usedUp = await checkMonthlyCalls(ctx);
    if (usedUp) throw usedUp;
    await next();
    const free = c.res.status === NOT_MODIFIED ? await countUnchanged(services, tenant, counted) : null;
    if (free) setQuotas(c, free);
    else await countCallOfMonth(services, tenant.id);
  } finally {
    endCall(services, tenant);
  }
}

function limitedKeyOf(c: CallerContext) {
  const caller = c.get("caller");
  if (!("requestsPerMinute" in caller) || caller.requestsPerMinute === null) return null;
  return { id: caller.actor.key.id, requestsPerMinute: caller.requestsPerMinute };
}
