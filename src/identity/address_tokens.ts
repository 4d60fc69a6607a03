import type { SystemContext } from "../context.ts";
import { issueOneTimeToken, type OneTimePurpose, peekOneTimeToken } from "./one_time_tokens.ts";
import { findUserById, type User } from "./users.ts";

/** How a token reaches its user. Only a token from an email shows that email to the address reaches them. */
export type Channel = "email" | "terminal";

/** A one-time token for a user. It works while the user keeps the address it was made for. */
export async function issueAddressToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  { id, email }: Pick<User, "id" | "email">,
  { ttl, channel }: { ttl: number; channel: Channel },
): Promise<string> {
  const details = { email, channel };
  return await issueOneTimeToken(ctx, purpose, { userId: id, tenantId: null, details }, ttl);
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
