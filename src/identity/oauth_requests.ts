import { and, eq, gt } from "drizzle-orm";
import { oauthRequests } from "../../db/control/schema/identities.ts";
import { describeActor } from "../access/actor.ts";
import { invitationToken } from "../access/invitation_links.ts";
import type { SystemContext } from "../context.ts";
import { unauthenticated } from "../errors.ts";
import { after, MINUTE } from "../platform/clock.ts";
import { derivedToken, newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { queryString } from "../platform/query.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { OAUTH_CLIENTS, type Ties } from "./oauth_clients.ts";
import type { Provider } from "./oauth_providers.ts";
import { enforceForAddress, OAUTH_ADDRESS } from "./sign_in_limits.ts";

const OPEN_FOR = 10 * MINUTE;

/** A sign-in that waits for a provider's answer. */
export type OAuthRequest = Omit<typeof oauthRequests.$inferSelect, "provider"> & { provider: Provider };

/** What the person wants, and where the browser goes afterward. `next` is a path on the host where it came from. */
export type OAuthWish = {
  purpose: OAuthRequest["purpose"];
  tenantId: TenantId | null;
  invitationId: string | null;
  next: string | null;
};

/** `url` is the provider's page. Only the browser that has `secret` can finish. */
export type StartedOAuth = { url: URL; state: string; secret: string; expiresAt: Date };

/**
 * Starts to sign in at a provider. Null if the provider doesn't answer. Throws `unauthenticated` if a visitor wants to connect an
 * account, or `rate_limited`.
 */
export async function startOAuth(
  ctx: SystemContext,
  provider: Provider,
  wish: OAuthWish,
): Promise<StartedOAuth | null> {
  const userId = wish.purpose === "connect" ? describeActor(ctx.actor).id : null;
  if (wish.purpose === "connect" && !userId) throw unauthenticated();
  await enforceForAddress(ctx, OAUTH_ADDRESS);
  const [state, secret] = [newToken(), newToken()];
  const url = await ctx.services.use(OAUTH_CLIENTS).addressOf(provider, tiesOf(state, secret));
  if (!url) return null;
  const createdAt = ctx.services.clock.now();
  const expiresAt = after(createdAt, OPEN_FOR);
  const hashes = { stateHash: sha256(state), browserHash: sha256(secret) };
  await ctx.control.insert(oauthRequests).values({
    id: newId(),
    ...hashes,
    provider,
    ...wish,
    userId,
    createdAt,
    expiresAt,
  });
  return { url, state, secret, expiresAt };
}

/**
 * The request that a provider answers, which thereby ends. Null if the browser with this secret started none with this state, or if it
 * was answered before or has expired.
 */
export async function takeOAuthRequest(
  ctx: SystemContext,
  provider: Provider,
  { state, secret }: { state: string; secret: string },
): Promise<OAuthRequest | null> {
  const [row] = await ctx.control.delete(oauthRequests).where(and(
    eq(oauthRequests.stateHash, sha256(state)),
    eq(oauthRequests.browserHash, sha256(secret)),
    eq(oauthRequests.provider, provider),
    gt(oauthRequests.expiresAt, ctx.services.clock.now()),
  )).returning();
  return row ? { ...row, provider } : null;
}

/** Derived, so that the database contains nothing that would let its reader finish somebody's sign-in. */
export function tiesOf(state: string, secret: string): Ties {
  return {
    state,
    nonce: derivedToken(state, secret, "OpenID Connect nonce"),
    codeVerifier: derivedToken(state, secret, "PKCE code verifier"),
  };
}

/** The path on the apex to open after signing in. Null if the person wants no particular page. */
export function destinationOf(
  { services }: SystemContext,
  { tenantId, invitationId, next }: Pick<OAuthRequest, "tenantId" | "invitationId" | "next">,
): string | null {
  if (invitationId) return `/invitations/${invitationToken(services, invitationId)}`;
  if (!tenantId) return next;
  return `/workspaces/${tenantId}${queryString({ next })}`;
}
