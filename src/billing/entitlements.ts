import type { Override, Tenant } from "../tenancy/tenant.ts";
import type { Limit } from "./limit.ts";
import type { Allowance, Meter } from "./meter.ts";
import type { PlanFeature } from "./plan_feature.ts";
import { ofVersion, planOf, PLANS } from "./plans.ts";

/** The names of what `src/billing/plans.ts` limits, as the API and overrides use them. */
export const API_CALLS = "api_calls";
export const API_REQUESTS = "api_requests_per_minute";

/** What decides what a tenant may do: its plan's version, and what staff allow beside it. */
export type Entitled = Pick<Tenant, "plan" | "planVersion" | "overrides">;

/** How many of the limit's things the tenant may have at `now`. Null: any number. Needs no query. */
export function includedOf(
  { plan, planVersion, overrides }: Entitled,
  limit: Limit,
  now: Date,
): number | null {
  const allowed = allowedBeside(overrides, limit.name, now);
  return allowed === undefined ? includedIn(limit, plan, planVersion) : allowed;
}

/**
 * What the tenant may use of a metric in a period. An override counts only where the plan sells no more: elsewhere the gateway bills
 * what is above the plan's own allowance.
 */
export function allowanceOf({ plan, planVersion, overrides }: Entitled, meter: Meter, now: Date): Allowance {
  const allowance = ofVersion(meter.allowances, plan, planVersion);
  if (allowance.overage !== undefined) return allowance;
  const allowed = allowedBeside(overrides, meter.key, now);
  return allowed === undefined ? allowance : { included: allowed };
}

/** How many API calls the tenant may make in a calendar month (UTC). Null: any number. */
export function apiCallsOf({ plan, planVersion, overrides }: Entitled, now: Date): number | null {
  const allowed = allowedBeside(overrides, API_CALLS, now);
  return allowed === undefined ? planOf(plan, planVersion).apiCallsAMonth : allowed;
}

/** How many API requests the tenant may send in a minute. */
export function apiRequestsOf({ plan, planVersion, overrides }: Entitled, now: Date): number {
  return allowedBeside(overrides, API_REQUESTS, now) ?? planOf(plan, planVersion).apiRequestsAMinute;
}

/** Whether the tenant may use the feature at `now`. Use it to decide what to show. `requireFeature` protects the action itself. */
export function hasFeature({ plan, overrides }: Entitled, { key, from }: PlanFeature, now: Date): boolean {
  const override = overrideOf(overrides, key, now);
  if (override && "allowed" in override) return override.allowed;
  return PLANS.indexOf(plan) >= PLANS.indexOf(from);
}

/** What a version of a plan includes of a limit. */
export function includedIn({ included }: Limit, plan: Tenant["plan"], version: number): number | null {
  return ofVersion(included, plan, version);
}

/** The limit that staff allow beside the plan: null for any number, undefined without an override. */
function allowedBeside(overrides: readonly Override[], key: string, now: Date): number | null | undefined {
  const override = overrideOf(overrides, key, now);
  return override && "limit" in override ? override.limit : undefined;
}

function overrideOf(overrides: readonly Override[], key: string, now: Date): Override | undefined {
  if (overrides.length === 0) return undefined;
  return overrides.find((override) =>
    override.key === key && (override.endsAt === null || override.endsAt > now)
  );
}
