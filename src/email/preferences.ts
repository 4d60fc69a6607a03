import { and, eq, inArray, notInArray } from "drizzle-orm";
import { z } from "zod";
import { emailOptOuts } from "../../db/control/schema/email.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { forbidden } from "../errors.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { idSchema } from "../platform/ids.ts";
import type { Services } from "../ports.ts";
import { EMAIL_CATEGORIES, type EmailCategory } from "./categories.ts";

/** Which categories of mail someone gets, in every workspace. */
export type EmailPreferences = Record<EmailCategory, boolean>;

export const emailPreferences = z.object({ usage_alerts: z.boolean(), reports: z.boolean() });
export const emailPreferenceChanges = emailPreferences.partial();

const LINK_PURPOSE = "unsubscribe link";
const linkContent = z.tuple([idSchema<UserId>(), z.enum(EMAIL_CATEGORIES)]);

/** Throws `forbidden` to anybody else. */
export async function getEmailPreferences(ctx: SystemContext, userId: UserId): Promise<EmailPreferences> {
  authorizeSelf(ctx, userId);
  const rows = await ctx.control.select({ category: emailOptOuts.category }).from(emailOptOuts)
    .where(eq(emailOptOuts.userId, userId));
  const unwanted = new Set(rows.map(({ category }) => category));
  return { usage_alerts: !unwanted.has("usage_alerts"), reports: !unwanted.has("reports") };
}

/** Changes what is named, and leaves the rest. Doing it again changes nothing. Throws `forbidden` to anybody else. */
export async function changeEmailPreferences(
  ctx: SystemContext,
  userId: UserId,
  changes: Partial<EmailPreferences>,
): Promise<EmailPreferences> {
  authorizeSelf(ctx, userId);
  const named = EMAIL_CATEGORIES.filter((category) => changes[category] !== undefined);
  const unwanted = named.filter((category) => !changes[category]);
  const createdAt = ctx.services.clock.now();
  await ctx.tx(async (tx) => {
    if (named.length > 0) {
      await tx.delete(emailOptOuts).where(and(
        eq(emailOptOuts.userId, userId),
        inArray(emailOptOuts.category, named),
        unwanted.length > 0 ? notInArray(emailOptOuts.category, unwanted) : undefined,
      ));
    }
    if (unwanted.length > 0) {
      await tx.insert(emailOptOuts).values(unwanted.map((category) => ({ userId, category, createdAt })))
        .onConflictDoNothing();
    }
  });
  return await getEmailPreferences(ctx, userId);
}

/** Where the reader of a mail says that they want no more of its category: without signing in (RFC 8058). */
export function unsubscribeUrl({ services }: SystemContext, userId: UserId, category: EmailCategory): string {
  const { appUrl, appSecret } = services.config;
  const token = encrypt(JSON.stringify([userId, category]), appSecret, LINK_PURPOSE);
  return `${appUrl.origin}/unsubscribe/${token}`;
}

/** Whose mail the token of such a link is about, and of which category; null when it isn't one of ours. */
export function readUnsubscribeToken(
  { config }: Services,
  token: string,
): { userId: UserId; category: EmailCategory } | null {
  try {
    const content = JSON.parse(decrypt(token, config.appSecret, LINK_PURPOSE));
    const [userId, category] = linkContent.parse(content);
    return { userId, category };
  } catch {
    return null;
  }
}

function authorizeSelf({ actor }: SystemContext, userId: UserId): void {
  if (actor.type === "system") return;
  if (actor.type === "visitor" || actor.id !== userId) throw forbidden("These are someone else's.");
}
