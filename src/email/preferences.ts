import { and, eq, inArray, notInArray } from "drizzle-orm";
import { z } from "zod";
import { emailOptOuts } from "../../db/control/schema/email.ts";
import type { UserId } from "../access/actor.ts";
import { authorizeSelf } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { idSchema } from "../platform/ids.ts";
import type { Services } from "../ports.ts";
import type { EmailCategory } from "./category.ts";

/** Which categories of email someone gets, in every workspace: a boolean for each category's name. */
export type EmailPreferences = Record<string, boolean>;

const LINK_PURPOSE = "unsubscribe link";
const linkContent = z.tuple([idSchema<UserId>(), z.string()]);

/** Whether someone gets emails of a category. Throws `forbidden` for anyone but themselves. */
export async function wantsEmail(
  ctx: SystemContext,
  userId: UserId,
  category: EmailCategory,
): Promise<boolean> {
  return (await getEmailPreferences(ctx, userId, [category]))[category.name]!;
}

/** Throws `forbidden` for anyone but themselves. */
export async function getEmailPreferences(
  ctx: SystemContext,
  userId: UserId,
  categories: readonly EmailCategory[],
): Promise<EmailPreferences> {
  authorizeSelf(ctx, userId);
  const rows = await ctx.control.select({ category: emailOptOuts.category }).from(emailOptOuts)
    .where(eq(emailOptOuts.userId, userId));
  const unwanted = new Set(rows.map(({ category }) => category));
  return Object.fromEntries(categories.map(({ name }) => [name, !unwanted.has(name)]));
}

/** Changes the named categories and keeps the others. Throws `forbidden` for anyone but themselves. */
export async function changeEmailPreferences(
  ctx: SystemContext,
  userId: UserId,
  changes: Partial<EmailPreferences>,
): Promise<void> {
  authorizeSelf(ctx, userId);
  const named = Object.keys(changes).filter((category) => changes[category] !== undefined);
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
}

/** Where the reader of an email turns its category off, without signing in (RFC 8058). */
export function unsubscribeUrl(
  { services }: SystemContext,
  userId: UserId,
  { name }: Pick<EmailCategory, "name">,
): string {
  const { appUrl, appSecret } = services.config;
  const token = encrypt(JSON.stringify([userId, name]), appSecret, LINK_PURPOSE);
  return `${appUrl.origin}/unsubscribe/${token}`;
}

/** The user and the name of the category in such a link's token. Null if the link isn't one of ours. */
export function readUnsubscribeToken(
  { config }: Services,
  token: string,
): { userId: UserId; category: string } | null {
  try {
    const content = JSON.parse(decrypt(token, config.appSecrets, LINK_PURPOSE));
    const [userId, category] = linkContent.parse(content);
    return { userId, category };
  } catch {
    return null;
  }
}
