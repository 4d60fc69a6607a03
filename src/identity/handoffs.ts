import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { MINUTE, SECOND } from "../platform/clock.ts";
import { sha256 } from "../platform/crypto.ts";
import { type Tenant, tenantUrl } from "../tenancy/tenant.ts";
import {
  bindOneTimeToken,
  issueOneTimeToken,
  type OneTimeGrant,
  peekOneTimeToken,
  redeemOneTimeToken,
} from "./one_time_tokens.ts";
import { isSignedIn, type StartedSession, startSession } from "./sessions.ts";
import { lockUser } from "./users.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import type { Device, Session } from "./credentials.ts";

const HANDOFF_TTL = 60 * SECOND;
/** Once a handoff is bound to a browser: long enough to answer the question whether to switch accounts. */
const BOUND_TTL = 5 * MINUTE;

export const HANDOFF_PATH = "/handoff";
/** Where a browser shows that it is the one whose person is signed in. */
export const HANDOFF_PROOF_PATH = "/handoff/proof";

/**
 * `signInId` is that of the session where the handoff begins, and `origin` that session's host: the apex, if not given.
 * `welcome` greets someone who has just signed up.
 */
export type HandoffRequest = {
  userId: UserId;
  signInId: string;
  remember: boolean;
  welcome: boolean;
  origin?: string;
};

/** The secret that a tenant's host has left in a browser. Null if there is none: no handoff is ever bound to that. */
export type BrowserSecret = string | null;

/** A handoff that can still be used. */
export type Handoff = {
  userId: UserId;
  isBound: boolean;
  isBoundTo(state: BrowserSecret): boolean;
  /** Where the browser with this secret gets the handoff bound to it. */
  proofUrl(state: string): string;
};

/**
 * A link by which someone who is signed in on one host opens a session on the tenant's host: the hosts share no cookie. It
 * works once, if begun within a minute, on that tenant's host, while they are signed in, and only in the browser that they
 * are signed in with. Decision 006 has the steps.
 */
export async function createHandoff(ctx: SystemContext, tenant: Tenant, request: HandoffRequest) {
  const { userId, signInId, remember, welcome, origin = ctx.services.config.appUrl.origin } = request;
  const grant = { userId, tenantId: tenant.id, details: { signInId, remember, welcome, origin } };
  return handoffUrl(ctx, tenant, await issueOneTimeToken(ctx, "handoff", grant, HANDOFF_TTL));
}

/** The address of a handoff with this token. */
export function handoffUrl(ctx: SystemContext, tenant: { subdomain: string }, token: string): string {
  return `${tenantUrl(ctx.services.config.appUrl, tenant)}${HANDOFF_PATH}?token=${token}`;
}

/** The handoff of a token on the host of `tenant`. Null when it is used, expired, unknown, or of another tenant. */
export async function findHandoff(
  ctx: SystemContext,
  tenant: Tenant,
  token: string,
): Promise<Handoff | null> {
  const grant = await peekOneTimeToken(ctx, "handoff", token);
  if (grant?.tenantId !== tenant.id) return null;
  const { userId, details } = grant;
  return {
    userId,
    isBound: details.boundTo !== undefined,
    isBoundTo: (state) => state !== null && details.boundTo === sha256(state),
    proofUrl: (state) =>
      `${details.origin}${HANDOFF_PROOF_PATH}?${new URLSearchParams({ token, state: sha256(state) })}`,
  };
}

/**
 * Binds a handoff to the browser whose secret has the hash `stateHash`. The browser's session on the host that it comes from
 * proves that it may have the handoff. Returns where the browser goes next; null when the handoff isn't of this session's
 * sign-in, or is bound already.
 */
export async function bindHandoff(
  ctx: SystemContext,
  { actor, signInId }: Session,
  token: string,
  stateHash: string,
): Promise<string | null> {
  const grant = await peekOneTimeToken(ctx, "handoff", token);
  if (!grant || grant.userId !== actor.id || grant.details.signInId !== signInId) return null;
  const tenant = await ctx.services.use(TENANTS).findById(grant.tenantId!);
  if (!tenant || !await bindOneTimeToken(ctx, "handoff", token, stateHash, BOUND_TTL)) return null;
  return handoffUrl(ctx, tenant, token);
}

/**
 * Redeems a handoff on the host of `tenant`, in the browser with the secret `state`. Null when it is used, expired, unknown,
 * of another tenant or browser, or of a sign-in that has ended.
 */
export async function redeemHandoff(
  ctx: SystemContext,
  tenant: Tenant,
  { token, state }: { token: string; state: BrowserSecret },
  device: Device,
): Promise<{ session: StartedSession; welcome: boolean } | null> {
  const known = await findHandoff(ctx, tenant, token);
  if (!known?.isBoundTo(state)) return null;
  return await ctx.tx(async (tx) => {
    await lockUser(tx, known.userId);
    const grant = await redeemOneTimeToken(ctx, tx, "handoff", token);
    if (!grant || !await isSignedIn(ctx, tx, signInOf(grant))) return null;
    const { tenantId, details } = grant;
    const remember = details.remember === true;
    const session = await startSession(ctx, tx, { ...signInOf(grant), tenantId, remember, device });
    return { session, welcome: details.welcome === true };
  });
}

function signInOf({ userId, details }: OneTimeGrant) {
  return { userId, signInId: String(details.signInId) };
}
