import type { SystemContext } from "../context.ts";
import { issueOneTimeToken, type OneTimePurpose, peekOneTimeToken } from "./one_time_tokens.ts";
import { findUserById, type User } from "./users.ts";

/** How a token gets to its user. Only one that came by mail shows that mail to the address reaches them. */
export type Channel = "mail" | "terminal";

/** A one-time token for whoever has an address: it works as long as the user still has the address it was made for. */
export async function issueAddressToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  { id, email }: Pick<User, "id" | "email">,
  { ttl, channel }: { ttl: number; channel: Channel },
): Promise<string> {
  const details = { email, channel };
  return await issueOneTimeToken(ctx, purpose, { userId: id, tenantId: null, details }, ttl);
}

/** Whose token it is. Null when it is unknown, used, expired, made for something else, or for a former address. */
export async function findUserOfToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  token: string,
): Promise<User | null> {
  const grant = await peekOneTimeToken(ctx, purpose, token);
  const user = grant && await findUserById(ctx.control, grant.userId);
  return user && user.email === grant.details.email ? user : null;
}
