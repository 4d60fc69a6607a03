import type { SystemContext } from "../context.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { issueOneTimeToken, type OneTimePurpose, peekOneTimeToken } from "./one_time_tokens.ts";
import { findUserById, type User } from "./users.ts";

/** How a token reaches its user. Only a token sent by email proves that the user receives email at the address. */
export type Channel = "email" | "terminal";

/**
 * Issues a one-time token for a user. It stops working when the user's address changes. `tenantId` is the workspace that the link
 * leads to, if any.
 */
export async function issueAddressToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  { id, email }: Pick<User, "id" | "email">,
  { ttl, channel, tenantId = null }: { ttl: number; channel: Channel; tenantId?: TenantId | null },
): Promise<string> {
  const details = { email, channel };
  return await issueOneTimeToken(ctx, purpose, { userId: id, tenantId, details }, ttl);
}

/** The user of a token. Null if it is unknown, used, expired, for another purpose, or for a former address. */
export async function findUserOfToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  token: string,
): Promise<User | null> {
  const grant = await peekOneTimeToken(ctx, purpose, token);
  const user = grant && await findUserById(ctx.control, grant.userId);
  return user && user.email === grant.details.email ? user : null;
}
