import type { SystemContext } from "../context.ts";
import { includedIn } from "./entitlements.ts";
import type { Catalog, CatalogChange } from "./gateway/gateway.ts";
import { GATEWAY } from "./gateway/open.ts";
import { toCatalogMetric } from "./meter.ts";
import { ofVersion, PLAN_LIST, PLAN_VERSIONS, type PlanKey } from "./plans.ts";

/** A version of a plan. Prices are in US cents, and null by agreement. Null in `limits` is any number. */
export type PlanVersion = {
  plan: PlanKey;
  version: number;
  /** Whether this is the version that is sold. */
  isSold: boolean;
  priceMonthly: number | null;
  priceYearly: number | null;
  trialDays: number;
  limits: Record<string, number | null>;
};

/** Every version of every plan, with what it includes. */
export function listPlanVersions({ services }: SystemContext): PlanVersion[] {
  const { limits, meters } = services;
  return PLAN_VERSIONS.map((plan) => ({
    plan: plan.key,
    version: plan.version,
    isSold: PLAN_LIST.includes(plan),
    priceMonthly: plan.monthlyPrice,
    priceYearly: plan.yearlyPrice,
    trialDays: plan.trialDays,
    limits: Object.fromEntries([
      ...limits.map((limit) => [limit.name, includedIn(limit, plan.key, plan.version)]),
      ["api_calls", plan.apiCallsAMonth],
      ["api_requests_per_minute", plan.apiRequestsAMinute],
      ...meters.map(({ key, allowances }) => [key, ofVersion(allowances, plan.key, plan.version).included]),
    ]),
  }));
}

/** How the gateway's products, prices and meters differ from the plans and metrics. Throws `unavailable`. */
export async function diffCatalog({ services }: SystemContext): Promise<CatalogChange[]> {
  return await services.use(GATEWAY).diffCatalog(catalogOf(services));
}

/** Applies such changes. Throws `unavailable`, and `conflict` for what the gateway never changes. */
export async function applyCatalog({ services }: SystemContext, changes: CatalogChange[]): Promise<void> {
  await services.use(GATEWAY).applyCatalog(catalogOf(services), changes);
}

function catalogOf({ meters }: SystemContext["services"]): Catalog {
  return { plans: PLAN_VERSIONS, metrics: meters.map(toCatalogMetric) };
}
