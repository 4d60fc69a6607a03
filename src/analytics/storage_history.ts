import type { TenantContext } from "../context.ts";
import { authorize } from "../access/authorize.ts";
import { dayOf } from "./days.ts";
import { type DailyGauge, gaugesWith, pastGauges, readGauges } from "./gauges.ts";
import { ANALYTICS_READ } from "./permissions.ts";
import { measureStorage } from "./storage.ts";

const HISTORY_DAYS = 90;

/** The storage that the tenant used on each of the last 90 days, in bytes. Throws `forbidden`. */
export async function getStorageHistory(ctx: TenantContext): Promise<DailyGauge[]> {
  authorize(ctx, ANALYTICS_READ);
  const now = ctx.services.clock.now();
  const [storage_bytes, [measured]] = await Promise.all([
    measureStorage(ctx),
    ctx.read((tx) => [readGauges(tx, now, HISTORY_DAYS)]),
  ]);
  const past = pastGauges(measured, now, HISTORY_DAYS);
  return gaugesWith({ projects: 0, members: 0, storage_bytes }, past, dayOf(now)).storage_bytes.daily;
}
