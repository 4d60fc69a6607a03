import { and, asc, eq, gt } from "drizzle-orm";
import type { z } from "zod";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { TenantId } from "../../db/ids.ts";
import type { SystemContext } from "../context.ts";
import type { Job } from "./job.ts";
import { enqueueAll } from "./outbox.ts";

const TENANTS_AT_ONCE = 500;

/**
 * Enqueues a job for each active tenant. If this is interrupted and repeated, `key` prevents a second job for a tenant.
 * Returns the number of added jobs.
 */
export async function enqueueForAllTenants<Payload extends z.ZodType>(
  ctx: SystemContext,
  job: Job<Payload>,
  payload: z.input<Payload>,
  key: string,
): Promise<number> {
  let added = 0;
  let last: TenantId | undefined;
  do {
    const page: { id: TenantId }[] = await ctx.control.select({ id: tenants.id }).from(tenants)
      .where(and(eq(tenants.status, "active"), last && gt(tenants.id, last))).orderBy(asc(tenants.id)).limit(
        TENANTS_AT_ONCE,
      );
    const jobs = page.map(({ id }) => ({ payload, key, tenantId: id }));
    if (jobs.length > 0) added += (await ctx.tx((tx) => enqueueAll(ctx, tx, job, jobs))).length;
    last = page.length === TENANTS_AT_ONCE ? page.at(-1)!.id : undefined;
  } while (last);
  return added;
}
