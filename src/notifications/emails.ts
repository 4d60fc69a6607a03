import { eq, type SQL } from "drizzle-orm";
import { z } from "zod";
import { notifications } from "../../db/control/schema/notifications.ts";
import { NotificationSummary } from "../../views/emails/notification_summary.tsx";
import { emailText } from "../../views/emails/text.ts";
import type { UserId } from "../access/actor.ts";
import type { TenantContext } from "../context.ts";
import { MEMBERS, type Recipient } from "../email/audience.ts";
import { emailCategory } from "../email/category.ts";
import { email } from "../email/email.ts";
import { SAMPLE } from "../email/sample.ts";
import { idSchema } from "../platform/ids.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import { readTold, type ToldItem } from "./told.ts";

const NOTIFICATIONS = emailCategory("notifications", {
  label: "Notifications",
  hint: "What you choose to get by email, at once or once a day.",
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

/** One notification, at once. */
export const NOTIFICATION_EMAIL = email("notification", {
  to: MEMBERS,
  category: NOTIFICATIONS,
  request: z.object({ userId: idSchema<UserId>(), notificationId: z.uuid() }),
  load: async (ctx, reader, { notificationId }) =>
    await load(ctx, reader, eq(notifications.id, notificationId)),
  subject: ({ tenantName }, _brand, locale) => emailText.of(locale).notificationSummary.subject(tenantName),
  preheader: (_data, _brand, locale) => emailText.of(locale).notificationSummary.preheader,
  view: NotificationSummary,
  sample: SAMPLE_SUMMARY,
});

/** What someone was told about a workspace since the last one. */
export const DIGEST_EMAIL = email("notification_digest", {
  to: MEMBERS,
  category: NOTIFICATIONS,
  isScheduled: true,
  request: z.object({ userId: idSchema<UserId>(), due: z.iso.datetime() }),
  load: async (ctx, reader, { due }) => await load(ctx, reader, eq(notifications.digestAt, new Date(due))),
  subject: ({ tenantName }, _brand, locale) => emailText.of(locale).notificationSummary.digest(tenantName),
  preheader: (_data, _brand, locale) => emailText.of(locale).notificationSummary.preheader,
  view: NotificationSummary,
  sample: SAMPLE_SUMMARY,
});

/** Null if there is nothing left to say, or the reader's address may belong to a stranger. */
async function load(ctx: TenantContext, reader: Recipient, which: SQL): Promise<Summary | null> {
  if (!reader.id || !reader.emailVerifiedAt) return null;
  const items = await readTold(ctx, reader.id, which);
  if (items.length === 0) return null;
  const allUrl = `${tenantUrl(ctx.services.config.appUrl, ctx.tenant)}/notifications`;
  return { tenantName: ctx.tenant.name, items, allUrl };
}
