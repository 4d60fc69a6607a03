import { and, eq, gt, isNull } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { supportVisits } from "../../db/control/schema/support.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { MINUTE, SECOND } from "../platform/clock.ts";
import { sha256 } from "../platform/crypto.ts";
import { customDomainUrl, subdomainUrl, type Tenant } from "../tenancy/tenant.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { selectOnlyWorkspace, type WorkspaceMember } from "../tenancy/workspaces.ts";
import type { Device, Session } from "./credentials.ts";
import {
  aimOneTimeToken,
  bindOneTimeToken,
  issueOneTimeToken,
  issueTokenForSelected,
  type OneTimeGrant,
  peekOneTimeToken,
  redeemOneTimeToken,
} from "./one_time_tokens.ts";
import { findProof, type StartedSession, startSession } from "./sessions.ts";
import { lockUser } from "./users.ts";

const HANDOFF_TTL = 60 * SECOND;
/** Once a handoff is bound to a browser, its user has this long to confirm a switch of accounts. */
const BOUND_TTL = 5 * MINUTE;

export const HANDOFF_PATH = "/handoff";
/** The path where a browser proves that it has the session that started the handoff. */
export const HANDOFF_PROOF_PATH = "/handoff/proof";

const WELCOMES = ["created", "joined", "accepted"] as const;
/** Why a user comes to a workspace for the first time. */
export type Welcome = typeof WELCOMES[number];

/**
 * `signInId` and `origin` are the sign-in and the origin of the session that starts the handoff. `origin` defaults to the apex.
 * `welcome` greets a user who has just created the workspace, set a first password, or accepted an invitation.
 */
export type HandoffRequest = {
  userId: UserId;
  signInId: string;
  remember: boolean;
  welcome: Welcome | null;
  origin?: string;
  /** The path to open on the tenant's host. */
  next?: string | null;
  /** Whether the session has to be on the subdomain, although the tenant has a primary domain. */
  onSubdomain?: boolean;
  /** The visit in which the user, a person of the platform's staff, acts for a member of the tenant. */
  supportVisitId?: string;
};

/** The secret that a tenant's host stored in a browser, or null. No handoff is ever bound to null. */
export type BrowserSecret = string | null;

/** A handoff that can still be used on the host where it ends. */
export type Handoff = {
  userId: UserId;
  isBound: boolean;
  isBoundTo(state: BrowserSecret): boolean;
  /** The URL that binds the handoff to the browser with this secret. */
  proofUrl(state: string): string;
};

/**
 * Creates a link that opens a session on the tenant's host for a user who is signed in on another host. The hosts share
 * no cookie. The link works once, if opened within a minute, only on that tenant's host, only while the user is signed
 * in, and only in the browser where they are signed in. Decision 006 describes the steps. The link leads to the subdomain, which
 * sends the browser on to the primary domain.
 */
export async function createHandoff(ctx: SystemContext, tenant: Tenant, request: HandoffRequest) {
  const grant = { ...grantOf(ctx, request), tenantId: tenant.id };
  return handoffUrl(ctx, tenant, await issueOneTimeToken(ctx, "handoff", grant, HANDOFF_TTL));
}

/**
 * Like `createHandoff`, to the only workspace of a user who has exactly one. Null for anyone else. It is one statement, because most
 * sign-ins end with it.
 */
export async function createHandoffToOnly(
  ctx: SystemContext,
  user: WorkspaceMember,
  request: Omit<HandoffRequest, "userId">,
): Promise<string | null> {
  const grant = grantOf(ctx, { ...request, userId: user.id });
  const issued = await issueTokenForSelected(ctx, "handoff", grant, HANDOFF_TTL, selectOnlyWorkspace(user));
  return issued && handoffUrl(ctx, issued, issued.token);
}

/** The URL of a handoff with this token: on the subdomain, or on a custom domain. */
export function handoffUrl(
  { services: { config: { appUrl } } }: SystemContext,
  tenant: { subdomain: string },
  token: string,
  customDomain: string | null = null,
): string {
  const origin = customDomain === null ? subdomainUrl(appUrl, tenant) : customDomainUrl(appUrl, customDomain);
  return `${origin}${HANDOFF_PATH}?token=${token}`;
}

/**
 * The URL on the tenant's primary domain where a handoff goes on that came to the subdomain, or null if it ends on the subdomain. The
 * person who controls the domain sees its token, so from then on it ends on that domain or nowhere.
 */
export async function sendOnward(ctx: SystemContext, tenant: Tenant, token: string): Promise<string | null> {
  if (tenant.primaryDomain === null) return null;
  const grant = await peekOneTimeToken(ctx, "handoff", token);
  const target = grant?.tenantId === tenant.id ? targetOf(tenant, grant) : null;
  if (target === null || !await aimOneTimeToken(ctx, "handoff", token, target)) return null;
  return handoffUrl(ctx, tenant, token, target);
}

/**
 * The handoff of a token that ends on this host of `tenant`: its subdomain, or `customDomain`. Null if the token is used, expired,
 * unknown, for another tenant or host, or if the tenant's primary domain has changed since it was sent.
 */
export async function findHandoff(
  ctx: SystemContext,
  tenant: Tenant,
  customDomain: string | null,
  token: string,
): Promise<Handoff | null> {
  const grant = await peekOneTimeToken(ctx, "handoff", token);
  if (grant?.tenantId !== tenant.id) return null;
  const { userId, details } = grant;
  if (customDomain !== targetOf(tenant, grant) || customDomain !== sentTo(grant)) return null;
  return {
    userId,
    isBound: details.boundTo !== undefined,
    isBoundTo: (state) => state !== null && details.boundTo === sha256(state),
    proofUrl: (state) =>
      `${details.origin}${HANDOFF_PROOF_PATH}?${new URLSearchParams({ token, state: sha256(state) })}`,
  };
}

/**
 * Binds a handoff to the browser whose secret has the hash `stateHash`. The browser's session on the handoff's origin proves
 * that the browser may use the handoff. Returns the URL where the browser goes next, or null if the handoff belongs to another
 * sign-in or is already bound.
 */
export async function bindHandoff(
  ctx: SystemContext,
  { userId, signInId }: Session,
  token: string,
  stateHash: string,
): Promise<string | null> {
  const grant = await peekOneTimeToken(ctx, "handoff", token);
  if (!grant || grant.userId !== userId || grant.details.signInId !== signInId) return null;
  const tenant = await ctx.services.use(TENANTS).findById(grant.tenantId!);
  if (!tenant || !await bindOneTimeToken(ctx, "handoff", token, stateHash, BOUND_TTL)) return null;
  return handoffUrl(ctx, tenant, token, sentTo(grant));
}

/**
 * Redeems a handoff on the host of `tenant` (its subdomain, or `customDomain`), in the browser with the secret `state`. Returns null if
 * `findHandoff` does, if the handoff belongs to another browser, or if its sign-in has ended.
 */
export async function redeemHandoff(
  ctx: SystemContext,
  tenant: Tenant,
  customDomain: string | null,
  { token, state }: { token: string; state: BrowserSecret },
  device: Device,
): Promise<{ session: StartedSession; welcome: Welcome | null; next: string | null } | null> {
  const known = await findHandoff(ctx, tenant, customDomain, token);
  if (!known?.isBoundTo(state)) return null;
  return await ctx.tx(async (tx) => {
    await lockUser(tx, known.userId);
    const grant = await redeemOneTimeToken(ctx, tx, "handoff", token);
    const proof = grant && await findProof(ctx, tx, signInOf(grant));
    if (!proof) return null;
    const { tenantId, details } = grant;
    const remember = details.remember === true;
    const supportVisit = await findSupportVisit(ctx, tx, details.supportVisitId);
    if (supportVisit === null) return null;
    const as = { ...signInOf(grant), ...proof, tenantId, customDomain, supportVisit, remember, device };
    const session = await startSession(ctx, tx, as);
    const next = typeof details.next === "string" ? details.next : null;
    return { session, welcome: WELCOMES.find((known) => known === details.welcome) ?? null, next };
  });
}

/** The visit that a handoff opens: undefined if it opens none, null if the visit has ended. */
async function findSupportVisit(ctx: SystemContext, tx: ControlTx, id: unknown) {
  if (typeof id !== "string") return undefined;
  const isOpen = and(
    eq(supportVisits.id, id),
    isNull(supportVisits.endedAt),
    gt(supportVisits.expiresAt, ctx.services.clock.now()),
  );
  const [visit] = await tx.select({ id: supportVisits.id, expiresAt: supportVisits.expiresAt }).from(
    supportVisits,
  )
    .where(isOpen).for("update");
  return visit ?? null;
}

/** The custom domain that a handoff was sent to. Null: none, so only the installation's own hosts have seen its token. */
function sentTo({ details }: OneTimeGrant): string | null {
  return typeof details.target === "string" ? details.target : null;
}

/**
 * The custom domain where a handoff ends. Null: the subdomain. Staff never act there, because the person who controls the domain can
 * read their session.
 */
function targetOf(tenant: Tenant, { details }: OneTimeGrant): string | null {
  return details.onSubdomain || details.supportVisitId ? null : tenant.primaryDomain;
}

function grantOf({ services }: SystemContext, request: HandoffRequest): Omit<OneTimeGrant, "tenantId"> {
  const { userId, signInId, remember, welcome, next, onSubdomain, supportVisitId } = request;
  const { origin = services.config.appUrl.origin } = request;
  return { userId, details: { signInId, remember, welcome, origin, next, onSubdomain, supportVisitId } };
}

function signInOf({ userId, details }: OneTimeGrant) {
  return { userId, signInId: String(details.signInId) };
}
