import type { TenantContext } from "../context.ts";
import { authorize } from "../access/authorize.ts";
import { type DailyGauge, gaugesOf, readGauges } from "./gauges.ts";
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
  return gaugesOf(measured, { projects: 0, members: 0, storage_bytes }, now, HISTORY_DAYS).storage_bytes
    .daily;
}
