import { z } from "zod";
import { authorize } from "../../access/authorize.ts";
import type { TenantContext } from "../../context.ts";
import { BILLING_READ } from "../permissions.ts";
import { type MetricUsage, readUsage } from "./read_usage.ts";

/** A month of the calendar in UTC. Without it, the current period of the subscription. */
export const usageQuery = z.object({ period: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/).optional() });

/** What was used of each metric, and of the plan's API calls. Throws `forbidden`. */
export async function listUsage(
  ctx: TenantContext,
  { period }: z.output<typeof usageQuery> = {},
): Promise<MetricUsage[]> {
  authorize(ctx, BILLING_READ);
  return await readUsage(ctx, period === undefined ? null : new Date(`${period}-01T00:00:00Z`));
}
