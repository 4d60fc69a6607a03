import { and, eq, gte, sql } from "drizzle-orm";
import { webhookDeliveries } from "../../db/control/schema/webhooks.ts";
import { authorizeReading } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { after, DAY } from "../platform/clock.ts";
import { WEBHOOKS_MANAGE } from "./permissions.ts";

/** What became of an endpoint's events of the last 24 hours. */
export type EndpointHealth = {
  delivered: number;
  /** Failed for good, or skipped. */
  failed: number;
  pending: number;
  lastEventAt: Date | null;
};

export const NO_EVENTS: EndpointHealth = { delivered: 0, failed: 0, pending: 0, lastEventAt: null };

/** The health of the tenant's endpoints, by id. Endpoints without events in the last 24 hours are missing. */
export async function getEndpointHealth(ctx: TenantContext): Promise<Map<string, EndpointHealth>> {
  authorizeReading(ctx, WEBHOOKS_MANAGE);
  const { endpointId, tenantId, createdAt, status } = webhookDeliveries;
  const countOf = (statuses: string) =>
    sql<number>`(count(*) filter (where ${status} = any(${statuses}::text[])))::int`;
  const rows = await ctx.system.control.select({
    endpointId,
    delivered: countOf("{delivered}"),
    failed: countOf("{failed,skipped}"),
    pending: countOf("{pending}"),
    lastEventAt: sql<Date>`max(${createdAt})`.mapWith(createdAt),
  }).from(webhookDeliveries)
    .where(and(eq(tenantId, ctx.tenant.id), gte(createdAt, after(ctx.services.clock.now(), -DAY))))
    .groupBy(endpointId);
  return new Map(rows.map(({ endpointId, ...health }) => [endpointId, health]));
}
