import { and, eq, isNotNull } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { webhookEndpoints } from "../../db/control/schema/webhooks.ts";
import type { TenantContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { publish } from "../events/publish.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";
import { emailOwners } from "../tenancy/owners.ts";
import { skipPending } from "./delivery_rows.ts";
import { WEBHOOK_DISABLED_EMAIL, WEBHOOK_FAILING_EMAIL } from "./emails.ts";
import { type DisabledReason, type EndpointRow, named } from "./endpoint_rows.ts";
import { WEBHOOK_DISABLED } from "./events.ts";

/** After this time without a success, the next failure is the last but one. */
const FAILING_TIME = 5 * DAY;
/** The last failure comes this much later. A shorter outage can't turn off an endpoint that gets few events. */
const LAST_CHANCE_TIME = 12 * HOUR;
/** After this time, nobody knows what happened since, and the next failure is the last but one again. */
const LAST_CHANCE_END = DAY;

/** An endpoint whose failures are forgotten. */
export const NO_FAILURES = { failingSince: null, failureToldAt: null, lastChanceAt: null };

/** Forgets the endpoint's failures. Usually there are none, and nothing is written. */
export async function recordSuccess(tx: ControlTx, id: string): Promise<null> {
  await tx.update(webhookEndpoints).set(NO_FAILURES)
    .where(and(eq(webhookEndpoints.id, id), isNotNull(webhookEndpoints.failingSince)));
  return null;
}

/** The endpoint whose attempt failed, locked until the transaction ends. Null if it was deleted or turned off. */
export async function lockFailing(tx: ControlTx, id: string): Promise<EndpointRow | null> {
  const [row] = await tx.select().from(webhookEndpoints).where(eq(webhookEndpoints.id, id)).for("update");
  return row?.status === "active" ? row : null;
}

/**
 * Counts a failed attempt of a locked endpoint. Tells people when a delivery has failed for good, once until the next success. Disables the endpoint if
 * the receiver answered 410, or if every attempt failed for five days and another one 12 to 24 hours later, and keeps what waits
 * as skipped.
 */
export async function recordFailure(
  ctx: TenantContext,
  tx: ControlTx,
  before: EndpointRow,
  { isGone, isLast }: { isGone: boolean; isLast: boolean },
): Promise<void> {
  const now = ctx.services.clock.now();
  if (isGone) return await disable(ctx, tx, before, "gone");
  const since = await failingWithoutBreak(ctx, tx, before);
  const isFailing = since !== null && now.getTime() - since.getTime() >= FAILING_TIME;
  const lastChance = isFailing && before.lastChanceAt && before.lastChanceAt >= since &&
      after(before.lastChanceAt, LAST_CHANCE_END) >= now
    ? before.lastChanceAt
    : null;
  if (lastChance && now >= after(lastChance, LAST_CHANCE_TIME)) {
    return await disable(ctx, tx, before, "failing");
  }
  const tells = isLast && !before.failureToldAt;
  const set = {
    ...(before.failingSince ? {} : { failingSince: now }),
    ...(isFailing && !lastChance ? { lastChanceAt: now } : {}),
    ...(tells ? { failureToldAt: now } : {}),
  };
  if (Object.keys(set).length === 0) return;
  await tx.update(webhookEndpoints).set(set).where(eq(webhookEndpoints.id, before.id));
  if (tells) await tell(ctx, tx, before, WEBHOOK_FAILING_EMAIL);
}

/**
 * Since when every attempt has failed. Nothing is sent while the tenant is suspended, so that time proves nothing, and counting starts
 * again when the tenant is resumed.
 */
async function failingWithoutBreak(
  { services, tenant }: TenantContext,
  tx: ControlTx,
  { failingSince }: EndpointRow,
): Promise<Date | null> {
  const mayBeLong = failingSince && services.clock.now().getTime() - failingSince.getTime() >= FAILING_TIME;
  if (!mayBeLong) return failingSince;
  const [row] = await tx.select({ at: tenants.resumedAt }).from(tenants).where(eq(tenants.id, tenant.id));
  return row?.at && row.at > failingSince ? row.at : failingSince;
}

async function disable(
  ctx: TenantContext,
  tx: ControlTx,
  row: EndpointRow,
  reason: DisabledReason,
): Promise<void> {
  const now = ctx.services.clock.now();
  await tx.update(webhookEndpoints)
    .set({ status: "disabled", disabledReason: reason, disabledAt: now, updatedAt: now })
    .where(eq(webhookEndpoints.id, row.id));
  await skipPending(tx, row.id, now);
  const after = named(ctx.services, row);
  await publish(ctx.system, tx, WEBHOOK_DISABLED, {
    after,
    details: { reason },
    schema: ctx.tenant.schemaName,
  });
  await tell(ctx, tx, row, WEBHOOK_DISABLED_EMAIL);
}

/** Emails the person who added the endpoint, or the workspace's owners once that person has left. */
async function tell(
  { system, tenant }: TenantContext,
  tx: ControlTx,
  { id: endpointId, createdBy }: EndpointRow,
  email: typeof WEBHOOK_DISABLED_EMAIL | typeof WEBHOOK_FAILING_EMAIL,
): Promise<void> {
  const isMember = and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, createdBy!));
  if (createdBy && await tx.$count(memberships, isMember) > 0) {
    return await sendEmail(system, tx, email, { userId: createdBy, endpointId }, { tenantId: tenant.id });
  }
  await emailOwners(system, tx, tenant.id, email, (userId) => ({ userId, endpointId }));
}
