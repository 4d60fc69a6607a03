import type { TenantContext } from "../context.ts";
import { MemoryCache } from "../platform/cache.ts";
import { SECOND } from "../platform/clock.ts";
import { part } from "../ports.ts";
import { type ApiCalls, callsOf, readCalls } from "./api_calls.ts";
import { dayOf } from "./days.ts";
import { type PastGauges, pastGauges, readGauges } from "./gauges.ts";

/** What the dashboard's charts show of past days. */
type Series = { today: string; apiCalls: ApiCalls; gauges: PastGauges };

/** Series by tenant id. Usage is written every five seconds, and the rest once a day. */
export const SERIES = part(
  "dashboard series",
  () => new MemoryCache<Series>({ capacity: 2_000, ttl: 5 * SECOND }),
  { forgetTenant: (cache, id) => cache.delete(id) },
);

/** The tenant's series of the last `days` days, at most five seconds old. */
export async function readSeries(ctx: TenantContext, now: Date, days: number): Promise<Series> {
  const cache = ctx.services.use(SERIES);
  const today = dayOf(now);
  const { id } = ctx.tenant;
  const known = cache.get(id);
  if (known && known.today !== today) cache.delete(id);
  return await cache.getOrLoad(id, async () => {
    const [usage, measured] = await ctx.read((tx) => [readCalls(tx, now, days), readGauges(tx, now, days)]);
    return { today, apiCalls: callsOf(usage, now, days), gauges: pastGauges(measured, now, days) };
  });
}
