import { authorize } from "../../access/authorize.ts";
import type { SystemContext } from "../../context.ts";
import { MemoryCache } from "../../platform/cache.ts";
import { MINUTE } from "../../platform/clock.ts";
import { part } from "../../ports.ts";
import { type Cohort, readCohorts, readGrowth, type WeekOfGrowth } from "./growth.ts";
import { PLATFORM_ANALYTICS_READ } from "./permissions.ts";
import {
  type AdoptionByPlan,
  type DayOfUse,
  type EndpointUse,
  readAdoption,
  readDays,
  readEndpoints,
  readTenants,
  type TenantUse,
} from "./use.ts";

/** How the whole platform is doing. docs/admin/analytics.md defines each figure. */
export type PlatformReport = {
  growth: WeekOfGrowth[];
  cohorts: Cohort[];
  days: DayOfUse[];
  tenants: TenantUse[];
  endpoints: EndpointUse[];
  adoption: AdoptionByPlan;
};

/** The last report. Its days are over, so only sign-ups and adoption change within these minutes. */
export const PLATFORM_REPORT = part(
  "platform report",
  () => new MemoryCache<PlatformReport>({ capacity: 1, ttl: 5 * MINUTE }),
  { forgetTenant: (cache) => cache.delete(KEY) },
);
const KEY = "report";

/** The report, at most five minutes old. Throws `forbidden`. */
export async function getPlatformReport(ctx: SystemContext): Promise<PlatformReport> {
  authorize(ctx, PLATFORM_ANALYTICS_READ);
  return await ctx.services.use(PLATFORM_REPORT).getOrLoad(KEY, () => readReport(ctx));
}

async function readReport(ctx: SystemContext): Promise<PlatformReport> {
  const [growth, cohorts, days, tenants, endpoints, adoption] = await Promise.all([
    readGrowth(ctx),
    readCohorts(ctx),
    readDays(ctx),
    readTenants(ctx),
    readEndpoints(ctx),
    readAdoption(ctx),
  ]);
  return { growth, cohorts, days, tenants, endpoints, adoption };
}
