import { createLocalJWKSet, errors, jwtVerify, SignJWT } from "jose";
import type { UserId } from "../access/actor.ts";
import { unauthenticated } from "../errors.ts";
import { after } from "../platform/clock.ts";
import { sha256 } from "../platform/crypto.ts";
import { isId, newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import type { Services } from "../ports.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import type { AccessTokenClaims } from "./credentials.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { ACCESS_TOKEN_LIFETIME, SIGNING_ALGORITHM, SIGNING_KEYS } from "./signing_keys.ts";

const TOKEN_INVALID = problem("token_invalid", "The access token is not valid or has expired.");

const TYPE = "at+jwt"; // RFC 9068

export const ACCESS_TOKEN_SECONDS = ACCESS_TOKEN_LIFETIME / 1_000;

/** An `account` token acts for a person in all of their tenants, a `tenant` token in one tenant only. */
export const TOKEN_SCOPES = ["account", "tenant"] as const;
export type TokenScope = typeof TOKEN_SCOPES[number];

/** A JWT (RFC 9068, EdDSA) that authenticates API calls for 15 minutes. Signs with the keys that were read last. */
export async function signAccessToken(
  services: Services,
  { userId, tenantId, familyId }: Omit<AccessTokenClaims, "expiresAt">,
): Promise<string> {
  const now = services.clock.now();
  const { id: kid, privateKey } = services.use(SIGNING_KEYS).current;
  const scope = tenantId === null ? { scope: "account" } : { scope: "tenant", tid: tenantId };
  return await new SignJWT({ ...scope, sid: familyId })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: TYPE, kid })
    .setIssuer(services.config.appUrl.origin).setAudience(audience(services)).setSubject(userId).setJti(
      newId(),
    )
    .setIssuedAt(now).setExpirationTime(after(now, ACCESS_TOKEN_LIFETIME)).sign(privateKey);
}

/** The claims of a token that this product signed and that has not expired. Throws `unauthenticated` for any other token. */
export async function verifyAccessToken(services: Services, token: string): Promise<AccessTokenClaims> {
  const claims = await services.use(SIGN_INS).claims.getOrLoad(sha256(token), () => verify(services, token));
  if (claims.expiresAt <= services.clock.now()) throw refused();
  return claims;
}

async function verify(services: Services, token: string): Promise<AccessTokenClaims> {
  const { publicKeys } = await services.use(SIGNING_KEYS).refresh();
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(publicKeys), {
      algorithms: [SIGNING_ALGORITHM],
      typ: TYPE,
      issuer: services.config.appUrl.origin,
      audience: audience(services),
      currentDate: services.clock.now(),
      requiredClaims: ["sub", "scope", "sid", "exp"],
    });
    const { sub: userId = "", scope, tid, sid, exp } = payload;
    // The scope is an explicit claim, so a token without a tenant id never passes as an account token.
    const isOfTenant = scope === "tenant" && typeof tid === "string" && isId<TenantId>(tid);
    const isOfAccount = scope === "account" && tid === undefined;
    if (!isId<UserId>(userId) || !(isOfTenant || isOfAccount)) throw refused();
    return {
      userId,
      tenantId: isOfTenant ? tid : null,
      familyId: String(sid),
      expiresAt: after(new Date(0), exp! * 1_000),
    };
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused();
    throw error;
  }
}

function audience(services: Services): string {
  return `${services.config.appUrl.origin}/api`;
}

function refused() {
  return unauthenticated(TOKEN_INVALID);
}
