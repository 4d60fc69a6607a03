import { describeActor, type UserId } from "../access/actor.ts";
import { findInvitation } from "../access/invitation_links.ts";
import type { SystemContext } from "../context.ts";
import { logOf } from "../platform/log.ts";
import { findWorkspace } from "../tenancy/workspaces.ts";
import { resetAccess } from "./account_access.ts";
import type { Device } from "./credentials.ts";
import { markEmailConfirmed } from "./email_verification.ts";
import { addIdentity, findIdentityOwner, touchIdentity } from "./identities.ts";
import { OAUTH_CLIENTS } from "./oauth_clients.ts";
import type { Provider } from "./oauth_providers.ts";
import { destinationOf, type OAuthRequest, takeOAuthRequest, tiesOf } from "./oauth_requests.ts";
import { keepIdentity, type KeptIdentity } from "./pending_identities.ts";
import type { ProviderAccount } from "./provider_account.ts";
import { type CheckedSignIn, signInProven } from "./second_step.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { findUserByEmail, findUserById, getUserById, lockUser, type User } from "./users.ts";
import { canSignIn } from "./ways_in.ts";

const log = logOf("security");

/** The browser that comes back from the provider. `answer` is the query of its request, with the question mark. */
export type Returning = { state: string; secret: string; answer: string; trust: string; device: Device };

/**
 * What a browser that comes back from a provider does next.
 * - `expired`: this browser asked for nothing like it, or not any longer.
 * - `canceled`, `down`, `refused`: the provider told us nothing. `unverified`: it hasn't verified the person's address.
 * - `taken`: the account is connected to somebody else. `other_address`: the invitation is for another address.
 * - `connect`: the account waits for the person who may connect it. `sign_up`: for a workspace. `join`: for the invited person's yes.
 * - `signed_in` and `second_step` as after a password. `wasReset`: the password was a stranger's, perhaps, and no longer works.
 */
export type OAuthOutcome =
  | { next: "expired" }
  | { next: "canceled" | "down" | "refused" | "unverified" | "taken"; request: OAuthRequest }
  | { next: "other_address"; request: OAuthRequest; address: string; invited: string }
  | { next: "connect" | "sign_up"; kept: KeptIdentity }
  | { next: "join"; kept: KeptIdentity | null; destination: string }
  | SignedInByProvider;

export type SignedInByProvider =
  & { user: User; destination: string | null; wasReset: boolean }
  & CheckedSignIn;

/** Finishes what `startOAuth` started in this browser. Works once, whatever comes of it. */
export async function finishOAuth(
  ctx: SystemContext,
  provider: Provider,
  returning: Returning,
): Promise<OAuthOutcome> {
  const { state, secret, answer } = returning;
  const request = await takeOAuthRequest(ctx, provider, returning);
  if (!request) {
    log.warn("an answer of a provider that nobody asked for", { provider, requestId: ctx.requestId });
    return { next: "expired" };
  }
  const redeemed = await ctx.services.use(OAUTH_CLIENTS).redeem(provider, answer, tiesOf(state, secret));
  if (redeemed.outcome !== "account") return { next: redeemed.outcome, request };
  const outcome = await decide(ctx, request, redeemed.account, returning);
  if ("user" in outcome) ctx.services.use(SIGN_INS).forgetUser(outcome.user.id);
  log.info("a provider answered", { provider, next: outcome.next, requestId: ctx.requestId });
  return outcome;
}

async function decide(
  ctx: SystemContext,
  request: OAuthRequest,
  account: ProviderAccount,
  returning: Returning,
): Promise<OAuthOutcome> {
  const ownerId = await findIdentityOwner(ctx.control, account);
  if (request.purpose === "connect") return await waitToConnect(ctx, request, account, ownerId);
  if (request.invitationId) return await goToInvitation(ctx, request, account, ownerId, returning);
  if (ownerId) return await signIn(ctx, request, account, ownerId, returning);
  if (account.email === null) return { next: "unverified", request };
  const known = await findUserByEmail(ctx.control, account.email);
  if (known?.emailVerifiedAt) return await askToSignIn(ctx, request, account, known);
  if (known) return await claim(ctx, request, account, known, returning);
  return { next: "sign_up", kept: await keepIdentity(ctx, account, {}) };
}

/** The person says yes on a page of ours, so that nobody else can lead their browser through this. */
async function waitToConnect(
  ctx: SystemContext,
  request: OAuthRequest,
  account: ProviderAccount,
  ownerId: UserId | null,
): Promise<OAuthOutcome> {
  const { userId } = request;
  if (!userId || describeActor(ctx.actor).id !== userId) return { next: "expired" };
  if (ownerId && ownerId !== userId) return { next: "taken", request };
  return { next: "connect", kept: await keepIdentity(ctx, account, { userId, ...goalOf(ctx, request) }) };
}

/** The address belongs to a confirmed account, whose owner has to say so before the provider can open it. */
async function askToSignIn(
  ctx: SystemContext,
  request: OAuthRequest,
  account: ProviderAccount,
  { id: userId }: User,
): Promise<OAuthOutcome> {
  return { next: "connect", kept: await keepIdentity(ctx, account, { userId, ...goalOf(ctx, request) }) };
}

/** Someone who can sign in does so, and accepts there. Anybody else joins with the proved account, if it has the invited address. */
async function goToInvitation(
  ctx: SystemContext,
  request: OAuthRequest,
  account: ProviderAccount,
  ownerId: UserId | null,
  returning: Returning,
): Promise<OAuthOutcome> {
  const destination = destinationOf(ctx, request)!;
  const invitation = await findInvitation(ctx, request.invitationId!);
  if (!invitation) return { next: "join", kept: null, destination };
  const address = ownerId ? (await getUserById(ctx.control, ownerId)).email : account.email;
  if (address === null) return { next: "unverified", request };
  if (address !== invitation.email) {
    return { next: "other_address", request, address, invited: invitation.email };
  }
  if (ownerId) return await signIn(ctx, request, account, ownerId, returning);
  const known = await findUserByEmail(ctx.control, address);
  if (known && await canSignIn(ctx.control, known)) return await askToSignIn(ctx, request, account, known);
  const kept = await keepIdentity(ctx, account, { invitationId: invitation.id });
  return { next: "join", kept, destination };
}

async function signIn(
  ctx: SystemContext,
  request: OAuthRequest,
  account: ProviderAccount,
  userId: UserId,
  returning: Returning,
): Promise<OAuthOutcome> {
  const destination = await allowedDestination(ctx, request, userId);
  return await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const isConnected = await findIdentityOwner(tx, account) === userId;
    if (!isConnected) return { next: "expired" };
    await touchIdentity(ctx, tx, account);
    const user = await getUserById(tx, userId);
    const wanted = placeOf(returning, destination);
    return { user, destination, wasReset: false, ...await signInProven(ctx, tx, user, "oauth", wanted) };
  });
}

/** The provider proves the address. So earlier access to an account that nobody has confirmed may be a stranger's, and ends. */
async function claim(
  ctx: SystemContext,
  request: OAuthRequest,
  account: ProviderAccount,
  { id, email }: User,
  returning: Returning,
): Promise<OAuthOutcome> {
  const destination = await allowedDestination(ctx, request, id);
  return await ctx.tx(async (tx) => {
    await lockUser(tx, id);
    const user = await findUserById(tx, id);
    if (user?.email !== email || user.emailVerifiedAt) return { next: "expired" };
    const wasReset = user.passwordHash !== null;
    await resetAccess(ctx, tx, id, null);
    await markEmailConfirmed(ctx, tx, user);
    await addIdentity(ctx, tx, user, account);
    const wanted = placeOf(returning, destination);
    return { user, destination, wasReset, ...await signInProven(ctx, tx, user, "oauth", wanted) };
  });
}

/** The database never contains an invitation's link, so its id stands for it. */
function goalOf(ctx: SystemContext, request: OAuthRequest) {
  const { invitationId } = request;
  return invitationId ? { invitationId } : { next: destinationOf(ctx, request) };
}

function placeOf({ trust, device }: Returning, next: string | null) {
  return { tenantId: null, remember: true, next, trust, device };
}

/** Someone who came from a workspace in which they are no member goes to the list of theirs. */
async function allowedDestination(
  ctx: SystemContext,
  request: OAuthRequest,
  id: UserId,
): Promise<string | null> {
  const { tenantId } = request;
  if (tenantId && !await findWorkspace(ctx, { id }, tenantId)) return "/workspaces";
  return destinationOf(ctx, request);
}
