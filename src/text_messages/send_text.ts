import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import { factors } from "../../db/control/schema/factors.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { PRODUCT_NAME } from "../email/brand.ts";
import { findPhones } from "../identity/factor_texts.ts";
import { SECRET_PURPOSE } from "../identity/factor_codes.ts";
import { job, tenantOf } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { idSchema } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import { shorten } from "../platform/shorten.ts";
import { oneLine } from "../platform/text.ts";
import { requireAllowed, take } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { deliverText, sendsTexts } from "./deliver.ts";

/** Notifications by text message to one person, from all workspaces. Each costs money. */
export const TEXT_NOTICES_PERSON = rateLimit("text_notices_person", {
  limit: 10,
  window: DAY,
  whenDown: "closed",
});

const PURPOSE = "text notification";
/** Two segments of a text message, or five if it has letters outside of GSM 03.38. */
const MAX_LENGTH = 300;
/** News older than this is sent to no phone. */
const CURRENT_FOR = 2 * HOUR;

const log = logOf("text messages");

/** Texts a notification to the phone that its reader used last. A tenant's own SQL can enqueue it, but can't seal a text. */
export const NOTIFY_BY_TEXT = job("text.notify", {
  queue: "email",
  byTenants: true,
  payload: z.object({ userId: idSchema<UserId>(), text: z.string(), until: z.iso.datetime() }),
  run: async (run, { userId, text: sealed, until }) => {
    const ctx = tenantOf(run);
    const { services, system } = ctx;
    if (!sendsTexts(services) || services.clock.now() >= new Date(until)) return;
    const to = await findNumber(ctx, userId);
    if (!to) return;
    const taken = await take(ctx, TEXT_NOTICES_PERSON, userId);
    if (taken.isDown) requireAllowed(ctx, taken);
    if (!taken.allowed) return log.info("notification not texted: its reader got too many", { userId });
    try {
      const text = decrypt(sealed, services.config.appSecrets, PURPOSE);
      await deliverText(system, { id: run.id, to, text });
    } catch (error) {
      await taken.giveBack();
      throw error;
    }
  },
});

/** Whether a person can get notifications by text message: they have a confirmed phone, and text messages can be sent. */
export async function canGetTexts({ services, control }: SystemContext, userId: UserId): Promise<boolean> {
  return sendsTexts(services) && (await findPhones(control, userId)).length > 0;
}

/**
 * Texts a notification to a member of the tenant, once the transaction commits. Only to a phone that the member has confirmed as a
 * second factor, at most ten a day. From a tenant's context, the tenant is its own; otherwise name it.
 */
export async function sendText(
  ctx: TenantContext | SystemContext,
  tx: TenantTx | ControlTx,
  { userId, tenantId, text }: { userId: UserId; tenantId?: TenantId; text: string },
): Promise<void> {
  const { clock, config } = ctx.services;
  const whole = shorten(oneLine(`${PRODUCT_NAME}: ${text}`), MAX_LENGTH, ({ length }) => length);
  const payload = {
    userId,
    text: encrypt(whole, config.appSecret, PURPOSE),
    until: after(clock.now(), CURRENT_FOR).toISOString(),
  };
  await enqueue(ctx, tx, NOTIFY_BY_TEXT, payload, { tenantId });
}

/** The number of the phone that a member used last. Null without a confirmed phone. */
async function findNumber(
  { services, system, tenant }: TenantContext,
  userId: UserId,
): Promise<string | null> {
  const isMember = and(eq(memberships.userId, userId), eq(memberships.tenantId, tenant.id));
  if (await system.control.$count(memberships, isMember) === 0) return null;
  const [phone] = await findPhones(system.control, userId);
  if (!phone) return null;
  const [factor] = await system.control.select({ sealed: factors.sealedSecret }).from(factors)
    .where(eq(factors.id, phone.id));
  return factor?.sealed ? decrypt(factor.sealed, services.config.appSecrets, SECRET_PURPOSE) : null;
}
