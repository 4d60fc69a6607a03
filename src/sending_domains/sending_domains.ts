import { eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { sendingDomains } from "../../db/control/schema/sending_domains.ts";
import { authorize, authorizeReading } from "../access/authorize.ts";
import { requireFeature } from "../billing/plan_features.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../contacts/permissions.ts";
import type { TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import type { NamedAddress } from "../platform/named_address.ts";
import { problem } from "../platform/problem.ts";
import { enforce } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import { newDkimKey } from "./dkim_key.ts";
import { domainName, requireOwnable, senderName } from "./domain_name.ts";
import { SENDING_DOMAIN_CHANGED, SENDING_DOMAIN_REMOVED } from "./events.ts";
import { type DnsRecord, recordsOf } from "./records.ts";
import { campaignSender } from "./sender.ts";

const NO_SENDING_DOMAIN = problem("sending_domain_not_found", "This workspace has no sending domain.");

/** Each makes a key. */
export const NEW_SENDING_DOMAINS = rateLimit("new_sending_domains", {
  limit: 20,
  window: HOUR,
  whenDown: "closed",
});

export const sendingDomainInput = z.object({ domain: domainName, sender: senderName });

export type SendingDomainRow = typeof sendingDomains.$inferSelect;

/** The domain that a tenant's campaigns come from once it is verified, and the DNS records to create for it. */
export type SendingDomain =
  & Pick<SendingDomainRow, "domain" | "sender" | "status" | "checkedAt" | "verifiedAt">
  & {
    /** Where campaigns come from now. */
    from: NamedAddress;
    records: DnsRecord[];
  };

/** Null if the tenant has none. */
export async function findSendingDomain(ctx: TenantContext): Promise<SendingDomain | null> {
  authorizeReading(ctx, CAMPAIGNS_MANAGE);
  const row = await findRow(ctx);
  return row && await describeDomain(ctx, row);
}

/** Throws `not_found`. */
export async function getSendingDomain(ctx: TenantContext): Promise<SendingDomain> {
  const found = await findSendingDomain(ctx);
  if (!found) throw notFound(NO_SENDING_DOMAIN);
  return found;
}

/**
 * Sets the tenant's sending domain. Another domain gets a new key and has to be verified. Throws `invalid` on `domain` if it can't be
 * the tenant's own, `feature_not_in_plan`, or `rate_limited`.
 */
export async function setSendingDomain(
  ctx: TenantContext,
  { domain, sender }: z.output<typeof sendingDomainInput>,
): Promise<SendingDomain> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  const { services, system, tenant } = ctx;
  await requireOwnable(services.config, domain);
  if ((await findRow(ctx))?.domain !== domain) await enforce(ctx, NEW_SENDING_DOMAINS, tenant.id);
  const row = await system.tx(async (tx) => {
    const before = await lockRow(ctx, tx);
    const [row] = before?.domain === domain
      ? await tx.update(sendingDomains).set({ sender }).where(eq(sendingDomains.id, before.id)).returning()
      : await startOver(ctx, tx, { domain, sender });
    await publish(system, tx, SENDING_DOMAIN_CHANGED, {
      before: before && named(before),
      after: named(row!),
      schema: tenant.schemaName,
    });
    return row!;
  });
  return await describeDomain(ctx, row);
}

/** Replaces the tenant's domain by one with a new key. */
async function startOver(
  { services, tenant }: TenantContext,
  tx: ControlTx,
  input: z.output<typeof sendingDomainInput>,
): Promise<SendingDomainRow[]> {
  const now = services.clock.now();
  const fresh = {
    ...input,
    status: "pending" as const,
    ...await newDkimKey(services),
    receivesBounces: false,
    findings: {},
    checkedAt: null,
    verifiedAt: null,
    missingSince: null,
    nextCheckAt: after(now, DAY),
  };
  return await tx.insert(sendingDomains)
    .values({ id: newId(), tenantId: tenant.id, createdAt: now, ...fresh })
    .onConflictDoUpdate({ target: sendingDomains.tenantId, set: fresh }).returning();
}

/** Deletes the tenant's sending domain and its key. Campaigns come from the product's address again. Throws `not_found`. */
export async function removeSendingDomain(ctx: TenantContext): Promise<void> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  const { system, tenant } = ctx;
  await system.tx(async (tx) => {
    const before = await getLockedRow(ctx, tx);
    await tx.delete(sendingDomains).where(eq(sendingDomains.id, before.id));
    await publish(system, tx, SENDING_DOMAIN_REMOVED, { before: named(before), schema: tenant.schemaName });
  });
}

/** Throws `not_found`. */
export async function getRow(ctx: TenantContext): Promise<SendingDomainRow> {
  const row = await findRow(ctx);
  if (!row) throw notFound(NO_SENDING_DOMAIN);
  return row;
}

/** The tenant's row, locked until the transaction ends. Throws `not_found`. */
export async function getLockedRow(ctx: TenantContext, tx: ControlTx): Promise<SendingDomainRow> {
  const row = await lockRow(ctx, tx);
  if (!row) throw notFound(NO_SENDING_DOMAIN);
  return row;
}

export async function describeDomain(ctx: TenantContext, row: SendingDomainRow): Promise<SendingDomain> {
  const { domain, sender, status, checkedAt, verifiedAt, findings } = row;
  const { from } = await campaignSender(ctx.system, ctx.tenant.id);
  const records = recordsOf(row, ctx.services.config, findings);
  return { domain, sender, status, checkedAt, verifiedAt, from, records };
}

/** The row as events have it. */
export function named({ id, domain, sender }: SendingDomainRow) {
  return { id, name: domain, sender };
}

async function findRow({ system, tenant }: TenantContext): Promise<SendingDomainRow | null> {
  const [row] = await system.control.select().from(sendingDomains).where(
    eq(sendingDomains.tenantId, tenant.id),
  );
  return row ?? null;
}

async function lockRow({ tenant }: TenantContext, tx: ControlTx): Promise<SendingDomainRow | undefined> {
  const [row] = await tx.select().from(sendingDomains).where(eq(sendingDomains.tenantId, tenant.id)).for(
    "update",
  );
  return row;
}
