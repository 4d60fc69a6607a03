import { and, asc, eq, gt } from "drizzle-orm";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { TenantId } from "../../db/ids.ts";
import type { SystemContext } from "../context.ts";
import { enqueueAll, type NewJob } from "./outbox.ts";

const TENANTS_AT_ONCE = 500;

/**
 * Puts one job for each active tenant into the outbox. When it is broken off and done again, `key` keeps tenants from
 * getting a second one. Returns how many were added.
 */
export async function enqueueForAllTenants(
  ctx: SystemContext,
  job: NewJob & { key: string },
): Promise<number> {
  let added = 0;
  let last: TenantId | undefined;
  do {
    const some: { id: TenantId }[] = await ctx.control.select({ id: tenants.id }).from(tenants)
      .where(and(eq(tenants.status, "active"), last && gt(tenants.id, last))).orderBy(asc(tenants.id)).limit(
        TENANTS_AT_ONCE,
      );
    const jobs = some.map(({ id }) => ({ ...job, tenantId: id }));
    if (jobs.length > 0) added += (await ctx.tx((tx) => enqueueAll(ctx, tx, jobs))).length;
    last = some.length === TENANTS_AT_ONCE ? some.at(-1)!.id : undefined;
  } while (last);
  return added;
}
