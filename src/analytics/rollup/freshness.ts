import { type SQL, sql } from "drizzle-orm";
import type { TenantTx } from "../../../db/connection/with_tenant.ts";
import { analyticsChanges, analyticsRollups } from "../../../db/stream/schema/analytics_rollups.ts";
import type { TenantContext } from "../../context.ts";
import { SECOND } from "../../platform/clock.ts";
import { isConnectionFailure } from "../../platform/database_errors.ts";
import { describeError, logOf } from "../../platform/log.ts";
import { FreshLoads } from "../../platform/shared_loads.ts";
import { part } from "../../ports.ts";
import type { TenantId } from "../../tenancy/tenant.ts";
import { rollUp } from "./roll_up.ts";

/** A rollup that someone waits for may take this long. After a longer one, reports are a little late for a while. */
const LONG = 2 * SECOND;
/** How long reports go without rollups after a long one, as a multiple of its duration. */
const REST = 10;

const log = logOf("analytics");

/** Brings the figures of tenants up to date, by tenant id. A tenant gets no rollup until `restUntil`, by the monotonic clock. */
export const ROLLUPS = part(
  "analytics rollups",
  () => ({ loads: new FreshLoads<number>(), restUntil: new Map<string, number>() }),
  { forgetTenant: ({ restUntil }, id) => void restUntil.delete(id) },
);

/**
 * Rolls up new events, if there are any, and returns the version of the tenant's figures. Figures with the same version are the
 * same. A tenant whose rollups take long or fail gets fewer of them, and its earlier figures until then.
 */
export async function currentVersion(ctx: TenantContext): Promise<number> {
  return await ctx.services.use(ROLLUPS).loads.run(ctx.tenant.id, () => bringUpToDate(ctx));
}

async function bringUpToDate(ctx: TenantContext): Promise<number> {
  const { restUntil } = ctx.services.use(ROLLUPS);
  const { id } = ctx.tenant;
  const { version, hasChanges } = await readState(ctx);
  const start = performance.now();
  if (!hasChanges || start < (restUntil.get(id) ?? 0)) return version;
  let isDone = false;
  try {
    await rollUp(ctx);
    isDone = true;
  } catch (error) {
    if (isConnectionFailure(error)) throw error;
    log.error("new events could not be counted", { tenantId: id, ...describeError(error) });
  }
  const took = performance.now() - start;
  if (isDone && took <= LONG) restUntil.delete(id);
  else restUntil.set(id, performance.now() + REST * Math.max(took, LONG));
  return (await readState(ctx)).version;
}

/** The version of the tenant's figures. Can be sent in one round trip with other queries. */
export function readVersion(tx: TenantTx, tenant: TenantId): PromiseLike<{ version: number }[]> {
  return tx.execute<{ version: number }>(sql`select ${versionOf(tenant)} as version`);
}

async function readState(ctx: TenantContext): Promise<{ version: number; hasChanges: boolean }> {
  const { id } = ctx.tenant;
  const [[state]] = await ctx.read((tx) => [
    tx.execute<{ version: number; hasChanges: boolean }>(sql`
      select ${versionOf(id)} as version,
        exists (select from ${analyticsChanges} where tenant_id = ${id}::uuid) as "hasChanges"`),
  ]);
  return state!;
}

function versionOf(tenant: TenantId): SQL {
  return sql`coalesce((select version from ${analyticsRollups} where tenant_id = ${tenant}::uuid), 0)::float8`;
}
