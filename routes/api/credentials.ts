import { authenticateKey } from "../../src/api_access/key_authentication.ts";
import { looksLikeKey } from "../../src/api_access/key_secret.ts";
import { requirePerson } from "../../src/access/authorize.ts";
import { unauthenticated } from "../../src/errors.ts";
import { authenticateBearer } from "../../src/identity/bearers.ts";
import type { Bearer, Caller } from "../../src/identity/credentials.ts";
import { memberKey, SIGN_INS } from "../../src/identity/sign_in_caches.ts";
import { sha256 } from "../../src/platform/crypto.ts";
import { problem } from "../../src/platform/problem.ts";
import type { TenantId } from "../../src/tenancy/tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import type { CallerContext } from "./env.ts";

const CREDENTIALS_MISSING = problem(
  "token_missing",
  "Send an access token, Authorization: Bearer <token>, or an API key, X-API-Key: <key>.",
);
const SEVERAL_CREDENTIALS = problem(
  "several_credentials",
  "Send either an access token or an API key, not both.",
);

const BEARER = /^Bearer ([\w.~+/-]+=*)$/i;

/**
 * The caller of a request: with an access token, or with an API key in `X-API-Key` or as a bearer token. Throws `unauthenticated`,
 * or `forbidden` for a key that is used from another address.
 */
export async function readCaller(c: CallerContext): Promise<Caller> {
  const services = c.get("services");
  const hasBoth = c.req.header("X-API-Key") !== undefined && c.req.header("Authorization") !== undefined;
  if (hasBoth) throw unauthenticated(SEVERAL_CREDENTIALS);
  const secret = secretOf(c);
  if (secret !== undefined) return await authenticateKey(services, secret, c.get("device").ipAddress);
  const token = tokenOf(c);
  if (!token) throw unauthenticated(CREDENTIALS_MISSING);
  return await authenticateBearer(services, token);
}

/** The API key that the call was sent with, if any. */
function secretOf(c: CallerContext): string | undefined {
  const token = tokenOf(c);
  return c.req.header("X-API-Key") ?? (token && looksLikeKey(token) ? token : undefined);
}

function tokenOf(c: CallerContext): string | undefined {
  return BEARER.exec(c.req.header("Authorization") ?? "")?.[1];
}

/** Drops what this process remembers about the caller and the tenant, so that the next check reads it from the database. */
export function forgetCaller(c: CallerContext, tenantId: TenantId): void {
  const services = c.get("services");
  const [caller, caches] = [c.get("caller"), services.use(SIGN_INS)];
  services.use(TENANTS).forgetId(tenantId);
  if (!("familyId" in caller)) return caches.keys.delete(sha256(secretOf(c)!));
  caches.bearers.delete(caller.familyId);
  caches.members.delete(memberKey(tenantId, caller.actor.id));
}

/** Whose id the log names: the caller's, or that of the member who created the caller's key. */
export function personIdOf({ actor }: Caller) {
  return actor.type === "key" ? actor.creator.id : actor.id;
}

/** The person who calls, with an access token. Throws `forbidden` for an API key. */
export function bearerOf(c: CallerContext): Bearer {
  const caller = c.get("caller");
  requirePerson(caller.actor);
  return caller as Bearer;
}
