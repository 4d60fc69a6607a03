import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { unauthenticated } from "../errors.ts";
import { SECOND } from "../platform/clock.ts";
import { type Tenant, tenantUrl } from "../tenancy/tenant.ts";
import { issueOneTimeToken, redeemOneTimeToken } from "./one_time_tokens.ts";
import { type Device, type StartedSession, startSession } from "./sessions.ts";

const HANDOFF_TTL = 60 * SECOND;

/** `signInId` is that of the session on the apex; `welcome` greets someone who has just signed up. */
export type HandoffRequest = { userId: UserId; signInId: string; remember: boolean; welcome: boolean };

/**
 * A link by which someone who is signed in on the apex opens a session on the tenant's host: the hosts share no cookie.
 * It works once, within a minute, on that tenant's host.
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
 * Redeems a handoff on the host of `tenant`. Throws `unauthenticated` when it is used, expired, unknown, or of
 * another tenant (it is used up then, too).
 */
export async function redeemHandoff(
  ctx: SystemContext,
  tenant: Tenant,
  token: string,
  device: Device,
): Promise<{ session: StartedSession; welcome: boolean }> {
  const grant = await redeemOneTimeToken(ctx, "handoff", token);
  if (!grant || grant.tenantId !== tenant.id) {
    throw unauthenticated("This link has been used or has expired. Sign in again.");
  }
  const remember = grant.details.remember === true;
  const signInId = String(grant.details.signInId);
  const session = await startSession(ctx, {
    userId: grant.userId,
    tenantId: tenant.id,
    signInId,
    remember,
    device,
  });
  return { session, welcome: grant.details.welcome === true };
}
