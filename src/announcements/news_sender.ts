import { z } from "zod";
import { newsSender } from "../../db/control/schema/announcements.ts";
import type { TenantId } from "../../db/ids.ts";
import { authorize } from "../access/authorize.ts";
import { hasFeature } from "../billing/entitlements.ts";
import { CAMPAIGNS } from "../contacts/permissions.ts";
import type { SystemContext } from "../context.ts";
import { invalid } from "../errors.ts";
import { anonymousEvent } from "../events/event.ts";
import { publish } from "../events/publish.ts";
import { enqueue } from "../outbox/outbox.ts";
import { idSchema } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { ANNOUNCEMENTS_MANAGE } from "./announcements.ts";

const SENDER_UNKNOWN = problem("news_sender_unknown", "No workspace has this subdomain.");
const SENDER_SUSPENDED = problem("news_sender_suspended", "This workspace is suspended.");
const SENDER_WITHOUT_CAMPAIGNS = problem(
  "news_sender_without_campaigns",
  "This workspace's plan has no campaigns.",
);

const MAX_SUBDOMAIN_LENGTH = 63;

export const NEWS_SENDER_CHANGED = anonymousEvent("news_sender.changed", {
  sentence: "changed the workspace that emails news about the product",
});

/** The job that makes the users contacts of a tenant. src/announcements/sync_users.ts runs it. */
export const SYNC = {
  name: "announcements.sync_users",
  queue: "analytics" as const,
  payload: z.object({ tenantId: idSchema<TenantId>() }),
};

/** The tenant that emails news to the product's users. */
export type NewsSender = {
  tenant: Tenant;
  /** Whether the tenant can send campaigns now. */
  isAble: boolean;
  /** The users of this moment are its contacts. Null: they aren't yet. */
  syncedAt: Date | null;
  /** Whether the tenant's plan had no room for all of them. */
  isFull: boolean;
};

/** Without a subdomain, nobody emails news. */
export const newsSenderInput = z.object({
  subdomain: z.string().trim().max(MAX_SUBDOMAIN_LENGTH, SENDER_UNKNOWN.code).default(""),
});

/** Null: staff chose none. Checks no permission. */
export async function findNewsSender({ control, services }: SystemContext): Promise<NewsSender | null> {
  const [row] = await control.select().from(newsSender);
  const tenant = row && await services.use(TENANTS).findById(row.tenantId);
  if (!tenant) return null;
  const { syncedAt, isFull } = row;
  return { tenant, isAble: problemOf(tenant, services.clock.now()) === null, syncedAt, isFull };
}

/**
 * Chooses the tenant that emails news, or none. The users become its contacts, and are no longer marked as users in the one before.
 * Throws `forbidden`, or `invalid` on `subdomain`.
 */
export async function chooseNewsSender(
  ctx: SystemContext,
  { subdomain }: z.output<typeof newsSenderInput>,
): Promise<void> {
  authorize(ctx, ANNOUNCEMENTS_MANAGE);
  const tenant = subdomain === "" ? null : await ctx.services.use(TENANTS).findBySubdomain(subdomain);
  const problem = subdomain === "" ? null : problemOf(tenant, ctx.services.clock.now());
  if (problem) throw invalid({ subdomain: problem });
  await ctx.tx(async (tx) => {
    const [before] = await tx.delete(newsSender).returning();
    if (tenant) await tx.insert(newsSender).values({ name: "current", tenantId: tenant.id });
    const [from, to] = [before?.tenantId ?? null, tenant?.id ?? null];
    if (from !== to) await publish(ctx, tx, NEWS_SENDER_CHANGED, { details: { from, to } });
    for (const tenantId of new Set([from, to])) {
      if (tenantId) await enqueue(ctx, tx, SYNC, { tenantId });
    }
  });
}

/** Why a tenant can't email news. Null: it can. */
function problemOf(tenant: Tenant | null, now: Date) {
  if (!tenant) return SENDER_UNKNOWN;
  if (tenant.status !== "active") return SENDER_SUSPENDED;
  return hasFeature(tenant, CAMPAIGNS, now) ? null : SENDER_WITHOUT_CAMPAIGNS;
}
