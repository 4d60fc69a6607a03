import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { unauthenticated } from "../errors.ts";
import { SECOND } from "../platform/clock.ts";
import { type Tenant, tenantUrl } from "../tenancy/tenant.ts";
import { issueOneTimeToken, peekOneTimeToken, redeemOneTimeToken } from "./one_time_tokens.ts";
import { type Device, isSignedIn, type StartedSession, startSession } from "./sessions.ts";
import { lockUser } from "./users.ts";

const HANDOFF_TTL = 60 * SECOND;

/** `signInId` is that of the session on the apex; `welcome` greets someone who has just signed up. */
export type HandoffRequest = { userId: UserId; signInId: string; remember: boolean; welcome: boolean };

/**
 * A link by which someone who is signed in on the apex opens a session on the tenant's host: the hosts share no cookie.
 * It works once, within a minute, on that tenant's host, and only as long as they are signed in.
 */
export async function createHandoff(ctx: SystemContext, tenant: Tenant, request: HandoffRequest) {
  const { userId, signInId, remember, welcome } = request;
  const grant = { userId, tenantId: tenant.id, details: { signInId, remember, welcome } };
  return handoffUrl(ctx, tenant, await issueOneTimeToken(ctx, "handoff", grant, HANDOFF_TTL));
}

/** The address of a handoff with this token. */
export function handoffUrl(ctx: SystemContext, tenant: { subdomain: string }, token: string): string {
  return `${tenantUrl(ctx.services.config.appUrl, tenant)}/handoff?token=${token}`;
}

/**
 * Redeems a handoff on the host of `tenant`. Throws `unauthenticated` when it is used, expired, unknown, of another tenant
 * (it is used up then, too), or of a sign-in that has ended.
 */
export async function redeemHandoff(
  ctx: SystemContext,
  tenant: Tenant,
  token: string,
  device: Device,
): Promise<{ session: StartedSession; welcome: boolean }> {
  const known = await peekOneTimeToken(ctx, "handoff", token);
  const opened = known && await ctx.tx(async (tx) => {
    await lockUser(tx, known.userId);
    const grant = await redeemOneTimeToken(ctx, tx, "handoff", token);
    if (!grant || grant.tenantId !== tenant.id) return null;
    const { userId, tenantId, details } = grant;
    const signIn = { userId, signInId: String(details.signInId) };
    if (!await isSignedIn(ctx, tx, signIn)) return null;
    const remember = details.remember === true;
    const session = await startSession(ctx, tx, { ...signIn, tenantId, remember, device });
    return { session, welcome: details.welcome === true };
  });
  if (!opened) throw unauthenticated("This link has been used or has expired. Sign in again.");
  return opened;
}
