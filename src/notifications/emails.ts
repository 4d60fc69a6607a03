import { and, eq, isNull, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { notifications } from "../../db/control/schema/notifications.ts";
import type { TenantId } from "../../db/ids.ts";
import { NotificationSummary } from "../../views/emails/notification_summary.tsx";
import { emailText } from "../../views/emails/text.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { MEMBERS, type Recipient } from "../email/audience.ts";
import { emailCategory } from "../email/category.ts";
import { email } from "../email/email.ts";
import { SAMPLE } from "../email/sample.ts";
import { enqueue } from "../outbox/outbox.ts";
import { HOUR } from "../platform/clock.ts";
import { idSchema } from "../platform/ids.ts";
import { take } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import { readTimes } from "./choices.ts";
import { DEFAULT_TIMES, endOfQuiet, nextHour } from "./times.ts";
import { readTold, type ToldItem } from "./told.ts";

/** Emails about notifications of one kind to one address. Further ones wait for a summary. */
export const NOTIFICATION_EMAILS = rateLimit("notification_emails", {
  limit: 5,
  window: HOUR,
  whenDown: "closed",
});

const NOTIFICATIONS = emailCategory("notifications", {
  label: "Notifications",
  hint: "What you choose to get by email, immediately or once a day.",
});

type Summary = { tenantName: string; items: ToldItem[]; allUrl: string };

const SAMPLE_SUMMARY: Summary = {
  tenantName: SAMPLE.tenantName,
  items: [{
    text: "Ben Alvarez joined the workspace as member.",
    url: `${SAMPLE.workspace}/notifications/0198c0de-6b8f-7a4c-9e21-4f3b9d7c5f12`,
  }],
  allUrl: `${SAMPLE.workspace}/notifications`,
};

/** One notification, immediately. Beyond the limit, it waits for the next full hour outside of quiet hours, together with others. */
export const NOTIFICATION_EMAIL = email("notification", {
  to: MEMBERS,
  category: NOTIFICATIONS,
  isUnlimited: true,
  request: z.object({ userId: idSchema<UserId>(), notificationId: z.uuid() }),
  load: async (ctx, reader, { userId, notificationId }) => {
    const isOne = and(eq(notifications.id, notificationId), isNull(notifications.digestAt))!;
    const summary = await load(ctx, reader, isOne);
    if (!summary || await isWithinLimit(ctx, reader, notificationId)) return summary;
    const times = (await readTimes(ctx.system, [userId])).get(userId) ?? DEFAULT_TIMES;
    const due = endOfQuiet(times, nextHour(ctx.services.clock.now()));
    await ctx.system.tx((tx) =>
      addToDigest(ctx.system, tx, { notificationId, userId, tenantId: ctx.tenant.id, due })
    );
    return null;
  },
  subject: ({ tenantName }, _brand, locale) => emailText.of(locale).notificationSummary.subject(tenantName),
  preheader: (_data, _brand, locale) => emailText.of(locale).notificationSummary.preheader,
  view: NotificationSummary,
  sample: SAMPLE_SUMMARY,
});

/** What someone was told about a workspace and is due at the same time. */
export const DIGEST_EMAIL = email("notification_digest", {
  to: MEMBERS,
  category: NOTIFICATIONS,
  isUnlimited: true,
  request: z.object({ userId: idSchema<UserId>(), due: z.iso.datetime() }),
  load: async (ctx, reader, { due }) => await load(ctx, reader, eq(notifications.digestAt, new Date(due))),
  subject: ({ tenantName }, _brand, locale) => emailText.of(locale).notificationSummary.digest(tenantName),
  preheader: (_data, _brand, locale) => emailText.of(locale).notificationSummary.preheader,
  view: NotificationSummary,
  sample: SAMPLE_SUMMARY,
});

/** Has a notification wait until `due`, for one email with all that waits until then. */
export async function addToDigest(
  system: SystemContext,
  tx: ControlTx,
  { notificationId, userId, tenantId, due }: {
    notificationId: string;
    userId: UserId;
    tenantId: TenantId;
    due: Date;
  },
): Promise<void> {
  await tx.update(notifications).set({ digestAt: due }).where(eq(notifications.id, notificationId));
  await enqueue(system, tx, DIGEST_EMAIL.job, { userId, due: due.toISOString() }, {
    tenantId,
    delay: due.getTime() - system.services.clock.now().getTime(),
    key: `notification digest ${userId} ${due.toISOString()}`,
  });
}

async function isWithinLimit({ system }: TenantContext, { email }: Recipient, id: string): Promise<boolean> {
  const [row] = await system.control.select({ kind: notifications.kind }).from(notifications)
    .where(eq(notifications.id, id));
  const { allowed } = await take(system, NOTIFICATION_EMAILS, `${row?.kind} ${email}`);
  return allowed;
}

/** Null if there is nothing left to say, or the reader's address may belong to a stranger. */
async function load(ctx: TenantContext, reader: Recipient, which: SQL): Promise<Summary | null> {
  if (!reader.id || !reader.emailVerifiedAt) return null;
  const items = await readTold(ctx, reader.id, which);
  if (items.length === 0) return null;
  const allUrl = `${tenantUrl(ctx.services.config.appUrl, ctx.tenant)}/notifications`;
  return { tenantName: ctx.tenant.name, items, allUrl };
}
