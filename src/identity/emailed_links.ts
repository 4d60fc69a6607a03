import type { SystemContext } from "../context.ts";
import { DAY, HOUR } from "../platform/clock.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { type Channel, issueAddressToken } from "./address_tokens.ts";
import { issueOneTimeToken } from "./one_time_tokens.ts";
import type { User } from "./users.ts";

export const LINK_DAYS = 2;
export const VERIFICATION_HOURS = 24;
const FIRST_PASSWORD_DAYS = 7;

/**
 * A link to set a password. It works once, for `ttl` milliseconds, while the user keeps this address. With the account's first
 * password, it leads to the workspace `tenantId`.
 */
export async function createPasswordLink(
  ctx: SystemContext,
  user: Pick<User, "id" | "email">,
  { ttl = LINK_DAYS * DAY, channel = "terminal", tenantId }: {
    ttl?: number;
    channel?: Channel;
    tenantId?: TenantId;
  } = {},
): Promise<string> {
  const token = await issueAddressToken(ctx, "set_password", user, { ttl, channel, tenantId });
  return `${ctx.services.config.appUrl.origin}/reset-password?token=${token}`;
}

/** A link to confirm a user's address. It works once, for 24 hours, while the user keeps this address. */
export async function createVerificationLink(
  ctx: SystemContext,
  user: Pick<User, "id" | "email">,
): Promise<string> {
  const options = { ttl: VERIFICATION_HOURS * HOUR, channel: "email" } as const;
  const token = await issueAddressToken(ctx, "verify_email", user, options);
  return `${ctx.services.config.appUrl.origin}/verify-email?token=${token}`;
}

/** A link to replace a user's address by `newAddress`. It works once, for 24 hours, while the user keeps the present address. */
export async function createEmailChangeLink(
  ctx: SystemContext,
  { id: userId, email }: Pick<User, "id" | "email">,
  newAddress: string,
): Promise<string> {
  const grant = { userId, tenantId: null, details: { email, newAddress } };
  const token = await issueOneTimeToken(ctx, "change_email", grant, VERIFICATION_HOURS * HOUR);
  return `${ctx.services.config.appUrl.origin}/confirm-email?token=${token}`;
}

/**
 * Returns `url` for users who have a password and a confirmed address. For others, returns a link to choose a password and the
 * number of days until that link expires. The link then leads to the workspace.
 */
export async function linkInto(
  ctx: SystemContext,
  user: User,
  { url, tenantId }: { url: string; tenantId: TenantId },
): Promise<{ url: string; expiryDays: number | null }> {
  if (user.passwordHash && user.emailVerifiedAt) return { url, expiryDays: null };
  const options = { ttl: FIRST_PASSWORD_DAYS * DAY, channel: "email", tenantId } as const;
  const link = await createPasswordLink(ctx, user, options);
  return { url: link, expiryDays: FIRST_PASSWORD_DAYS };
}
