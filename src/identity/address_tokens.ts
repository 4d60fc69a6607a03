import type { SystemContext } from "../context.ts";
import { issueOneTimeToken, type OneTimePurpose, peekOneTimeToken } from "./one_time_tokens.ts";
import { findUserById, type User } from "./users.ts";

/** A one-time token that is mailed: it works as long as the user still has the address that it was sent to. */
export async function issueAddressToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  { id, email }: Pick<User, "id" | "email">,
  ttl: number,
): Promise<string> {
  return await issueOneTimeToken(ctx, purpose, { userId: id, tenantId: null, details: { email } }, ttl);
}

/** Whose token it is. Null when it is unknown, used, expired, made for something else, or sent to a former address. */
export async function findUserOfToken(
  ctx: SystemContext,
  purpose: OneTimePurpose,
  token: string,
): Promise<User | null> {
  const grant = await peekOneTimeToken(ctx, purpose, token);
  const user = grant && await findUserById(ctx.control, grant.userId);
  return user && user.email === grant.details.email ? user : null;
}
