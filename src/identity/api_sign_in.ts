import { and, eq, isNotNull, isNull, or } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { refreshTokens } from "../../db/control/schema/identity.ts";
import type { AuthenticationMethod, UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { forbidden } from "../errors.ts";
import { DAY } from "../platform/clock.ts";
import { newToken, sha256 } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { admit } from "../tenancy/admission.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { findWorkspaceBySubdomain, type WorkspaceMember } from "../tenancy/workspaces.ts";
import { deleteEndedSubscriptions } from "../web_push/ended.ts";
import { ACCESS_TOKEN_SECONDS, signAccessToken } from "./access_tokens.ts";
import { refusedToken } from "./bearers.ts";
import { expiryOf } from "./authentication.ts";
import type { Bearer, Session } from "./credentials.ts";
import type { CodeKind } from "./factors.ts";
import { authenticate, credentials, withUnchangedPassword, wrongCredentials } from "./sign_in.ts";
import { startSecondStep } from "./second_step.ts";
import { recordAttempt } from "./sign_in_attempts.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { redeemSecondStep, secondStep } from "./finish_second_step.ts";
import { SIGNING_KEYS } from "./signing_keys.ts";
import { lockUser } from "./users.ts";

const ACCOUNT_TOKEN_ONLY = problem("account_token_only", "Only an account token gives tokens for a tenant.");
const NOT_A_MEMBER = problem("not_a_member_of_tenant", "You are not a member of this tenant.");

const REFRESH_TOKEN_LIFETIME = 30 * DAY;
const MAX_SUBDOMAIN_INPUT_LENGTH = 100;
const MAX_TOKEN_LENGTH = 200;

const log = logOf("security");

export const apiCredentials = credentials.extend({
  tenant: z.string().max(MAX_SUBDOMAIN_INPUT_LENGTH).optional(),
});

export const apiSecondStep = secondStep.extend({ mfaToken: z.string().max(MAX_TOKEN_LENGTH) });

/** A program's sign-in that waits for the code of one of these factors. */
export type ApiSecondStep = { mfaRequired: true; mfaToken: string; factors: CodeKind[] };

/** The tokens that a program gets when it signs in. `expiresIn` is the access token's lifetime in seconds. */
export type ApiTokens = { accessToken: string; refreshToken: string; tokenType: "Bearer"; expiresIn: number };

/**
 * The tokens of one sign-in. `tenantId` is null for account tokens. `parentFamilyId` names the account token's family that
 * the tenant tokens came from.
 */
type Family = {
  familyId: string;
  userId: UserId;
  tenantId: TenantId | null;
  parentFamilyId: string | null;
  methods: readonly AuthenticationMethod[];
  authenticatedAt: Date;
};

/**
 * Signs a program in: to one tenant if `tenant` (a subdomain) is given, otherwise to all of the person's tenants. A person with a
 * second factor gets a token to send with its code.
 * Throws `unauthenticated`, `forbidden` if the person is not a member of that tenant, or the errors of `admit`.
 */
export async function signInToApi(
  ctx: SystemContext,
  input: z.output<typeof apiCredentials>,
): Promise<ApiTokens | ApiSecondStep> {
  await ctx.services.use(SIGNING_KEYS).refresh();
  const user = await authenticate(ctx, input);
  const tenantId = input.tenant === undefined ? null : await openTenantId(ctx, user, input.tenant);
  const issued = await withUnchangedPassword(ctx, user, async (tx, { provable }) => {
    const step = await startSecondStep(ctx, tx, user, { purpose: "api_sign_in", tenantId, provable });
    if (step) return { mfaRequired: true as const, mfaToken: step.token, factors: step.kinds };
    return await startFamily(ctx, tx, { userId: user.id, tenantId, methods: ["password"] });
  });
  if (!issued) throw wrongCredentials();
  return issued;
}

/** Finishes a program's sign-in with the code of a second factor. Throws `unauthenticated` or `rate_limited`. */
export async function finishApiSignIn(
  ctx: SystemContext,
  { mfaToken, ...input }: z.output<typeof apiSecondStep>,
): Promise<ApiTokens> {
  return await redeemSecondStep(ctx, "api_sign_in", mfaToken, input, (tx, { challenge, methods }) => {
    const { userId, tenantId } = challenge;
    return startFamily(ctx, tx, { userId, tenantId, methods });
  });
}

/**
 * Issues tokens for one tenant to the holder of an account token, who can give them to a program that needs only that tenant.
 * They end with the sign-in that they come from. Throws `unauthenticated`, `forbidden`, or the errors of `admit`.
 */
export async function issueTenantTokens(
  ctx: SystemContext,
  { scope, actor, familyId: parentFamilyId }: Bearer,
  subdomain: string,
): Promise<ApiTokens> {
  if (scope === "tenant") throw forbidden(ACCOUNT_TOKEN_ONLY);
  const tenantId = await openTenantId(ctx, actor, subdomain);
  const { at: authenticatedAt, methods } = actor.authentication!;
  const family = { familyId: newId(), userId: actor.id, tenantId, parentFamilyId, authenticatedAt, methods };
  return await ctx.tx(async (tx) => {
    await lockUser(tx, actor.id);
    if (await isRevoked(tx, parentFamilyId)) throw refusedToken();
    return await issueTokens(ctx, tx, family);
  });
}

/**
 * An access token of one tenant for a person who is signed in in a browser, to use within the request and not to give away. It is of
 * no sign-in that proved the person, so it opens nothing that needs a recent proof.
 */
export async function signTokenOfBrowser(
  { services }: SystemContext,
  { userId }: Session,
  tenantId: TenantId,
): Promise<string> {
  await services.use(SIGNING_KEYS).refresh();
  return await signAccessToken(services, { userId, tenantId, familyId: newId() });
}

/**
 * Exchanges a refresh token for new tokens of the same scope. A refresh token works once. A second use means that two parties
 * have the token, so it revokes the whole family. Throws `unauthenticated`, or the errors of `admit`.
 */
export async function refreshTokensOf(ctx: SystemContext, refreshToken: string): Promise<ApiTokens> {
  await ctx.services.use(SIGNING_KEYS).refresh();
  const hash = sha256(refreshToken);
  const holder = await findHolder(ctx, hash);
  if (!holder) throw refusedToken();
  const issued = await ctx.tx(async (tx) => {
    await lockUser(tx, holder.userId);
    return await exchange(ctx, tx, hash);
  });
  if (issued === "used before") await revokeFamilyOf(ctx, hash);
  if (!issued || issued === "used before") throw refusedToken();
  return issued;
}

/** Ends the sign-in that a refresh token belongs to, including its access tokens. Ignores an unknown token. */
export async function signOutOfApi(ctx: SystemContext, refreshToken: string): Promise<void> {
  await revokeFamilyOf(ctx, sha256(refreshToken));
}

/** The id of the member's tenant with this subdomain. Throws `forbidden`, or the errors of `admit`. */
async function openTenantId(
  ctx: SystemContext,
  member: WorkspaceMember,
  subdomain: string,
): Promise<TenantId> {
  const workspace = await findWorkspaceBySubdomain(ctx, member, subdomain);
  if (!workspace) throw forbidden(NOT_A_MEMBER);
  admit(ctx.services, workspace.tenant);
  return workspace.tenant.id;
}

/** Returns null if the token was revoked or has expired. */
async function exchange(
  ctx: SystemContext,
  tx: ControlTx,
  tokenHash: string,
): Promise<ApiTokens | "used before" | null> {
  const now = ctx.services.clock.now();
  const [used] = await tx.update(refreshTokens).set({ usedAt: now })
    .where(and(eq(refreshTokens.tokenHash, tokenHash), isNull(refreshTokens.usedAt))).returning();
  if (!used) return "used before";
  if (used.revokedAt || used.expiresAt <= now) return null;
  const { familyId, userId, tenantId, parentFamilyId, authenticatedAt, methods } = used;
  const family = { familyId, userId, tenantId, parentFamilyId, authenticatedAt, methods };
  return await issueTokens(ctx, tx, family);
}

/** Issues the first tokens of a sign-in whose every step was passed. */
export async function startFamily(
  ctx: SystemContext,
  tx: ControlTx,
  signIn: Pick<Family, "userId" | "tenantId" | "methods">,
): Promise<ApiTokens> {
  const authenticatedAt = ctx.services.clock.now();
  const tokens = await issueTokens(ctx, tx, {
    ...signIn,
    familyId: newId(),
    parentFamilyId: null,
    authenticatedAt,
  });
  const { userId, methods } = signIn;
  recordAttempt(ctx, { userId, methods, outcome: "succeeded" });
  return tokens;
}

async function issueTokens(ctx: SystemContext, tx: ControlTx, family: Family): Promise<ApiTokens> {
  const refreshToken = newToken();
  const now = ctx.services.clock.now();
  await tx.insert(refreshTokens).values({
    id: newId(),
    ...family,
    methods: [...family.methods],
    tokenHash: sha256(refreshToken),
    createdAt: now,
    expiresAt: expiryOf(now, REFRESH_TOKEN_LIFETIME, family.authenticatedAt),
  });
  const accessToken = await signAccessToken(ctx.services, family);
  return { accessToken, refreshToken, tokenType: "Bearer", expiresIn: ACCESS_TOKEN_SECONDS };
}

/**
 * Finds the user of a refresh token, or null. Calls `admit` before the token is used up, so that a user whose tenant is closed
 * right now can use the token later.
 */
async function findHolder(ctx: SystemContext, tokenHash: string): Promise<{ userId: UserId } | null> {
  const token = await findToken(ctx, tokenHash);
  if (!token) return null;
  const tenant = token.tenantId && await ctx.services.use(TENANTS).findById(token.tenantId);
  if (tenant) admit(ctx.services, tenant);
  return { userId: token.userId };
}

/**
 * Revokes a token's family and the families that came from it. Takes the same lock as a refresh, so that a concurrent refresh
 * can't issue a token that stays valid.
 */
async function revokeFamilyOf(ctx: SystemContext, tokenHash: string): Promise<void> {
  const token = await findToken(ctx, tokenHash);
  if (!token) return;
  const { familyId, userId, tenantId } = token;
  const isOfFamily = or(eq(refreshTokens.familyId, familyId), eq(refreshTokens.parentFamilyId, familyId));
  const revoked = await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const now = ctx.services.clock.now();
    const revoked = await tx.update(refreshTokens).set({ revokedAt: now })
      .where(and(isOfFamily, isNull(refreshTokens.revokedAt)))
      .returning({ familyId: refreshTokens.familyId });
    await deleteEndedSubscriptions(tx, now, userId);
    return revoked;
  });
  for (const { familyId } of revoked) ctx.services.use(SIGN_INS).bearers.delete(familyId);
  log.info("token family revoked", { userId, tenantId, requestId: ctx.requestId });
}

async function isRevoked(tx: ControlTx, familyId: string): Promise<boolean> {
  const revoked = and(eq(refreshTokens.familyId, familyId), isNotNull(refreshTokens.revokedAt));
  return await tx.$count(refreshTokens, revoked) > 0;
}

async function findToken(ctx: SystemContext, tokenHash: string) {
  const [token] = await ctx.control.select().from(refreshTokens).where(
    eq(refreshTokens.tokenHash, tokenHash),
  );
  return token ?? null;
}
