import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { isAssignable, type Permission } from "../../src/access/permissions.ts";
import { tenantContext } from "../../src/context.ts";
import { forbidden } from "../../src/errors.ts";
import { type OpenedTenant, openToBearer, openUnnamed } from "../../src/identity/bearers.ts";
import type { Caller } from "../../src/identity/credentials.ts";
import { requireFactorIn } from "../../src/identity/factor_policy.ts";
import { logOf } from "../../src/platform/log.ts";
import { problem } from "../../src/platform/problem.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { runWithinLimits } from "./call_limits.ts";
import { bearerOf, forgetCaller, personIdOf, readCaller } from "./credentials.ts";
import type { CallerContext, CallerEnv } from "./env.ts";

const ACCOUNT_TOKEN_NEEDED = problem(
  "account_token_needed",
  "This request needs an account token. Sign in without a tenant to get one.",
);
const OTHER_TENANTS_CREDENTIALS = problem(
  "other_tenants_credentials",
  "These credentials are not for this tenant.",
);

/** The security schemes of the document. */
export const BEARER = "bearer";
export const API_KEY = "api_key";

const log = logOf("security");

/**
 * Authenticates the caller. If the host or `X-Tenant` names a tenant, the credentials must be valid for that tenant on every
 * route. A tenant token and an API key always open their own tenant.
 */
export const authenticateCaller = createMiddleware<CallerEnv>(async (c, next) => {
  const services = c.get("services");
  const caller = await readCaller(c);
  c.set("caller", caller);
  c.set("userId", personIdOf(caller));
  const opened = namesTenant(c)
    ? await openNamed(c, caller)
    : caller.scope === "tenant"
    ? await openUnnamed(services, caller)
    : null;
  if (opened) enter(c, opened);
  await runWithinLimits(c, next);
});

/** Sets the context of the tenant that the request names. Every tenant route needs this guard. */
export const requireTenant = createMiddleware<CallerEnv>(async (c, next) => {
  if (c.get("member")) return await next();
  enter(c, await openUnnamed(c.get("services"), c.get("caller")));
  await runWithinLimits(c, next);
});

/** Rejects tenant tokens and API keys on routes about the person's whole account. */
export const requireAccountToken = createMiddleware<CallerEnv>(async (c, next) => {
  if (c.get("caller").scope !== "account") {
    throw forbidden(ACCOUNT_TOKEN_NEEDED);
  }
  await next();
});

/** Rejects API keys on routes that only a person may call. What they run checks it again. */
export const requireAccessToken = createMiddleware<CallerEnv>(async (c, next) => {
  bearerOf(c);
  await next();
});

/** Those of the audience's credentials that get past the guards, and can have the permission. */
export function usableCredentials(
  credentials: readonly string[],
  { guards, permission }: { guards: readonly MiddlewareHandler[]; permission?: Permission },
): string[] {
  const isForPeople = guards.includes(requireAccessToken) || guards.includes(requireAccountToken) ||
    (permission !== undefined && !isAssignable(permission));
  return credentials.filter((scheme) => scheme !== API_KEY || !isForPeople);
}

/**
 * Checks the credentials of a call that is still running, and returns who the caller is now. Reads what may have changed from the
 * database. Throws as at the beginning of a call.
 */
export async function readMemberAgain(c: CallerContext): Promise<OpenedTenant["actor"]> {
  const services = c.get("services");
  const { id } = c.get("target")!;
  forgetCaller(c, id);
  const caller = await readCaller(c);
  const opened = await openToBearer(services, caller, id);
  if (!opened) throw forbidden(OTHER_TENANTS_CREDENTIALS);
  requireFactorIn(services, opened.tenant, caller);
  return opened.actor;
}

function enter(c: CallerContext, { tenant, actor }: OpenedTenant): void {
  const services = c.get("services");
  requireFactorIn(services, tenant, c.get("caller"));
  c.set("target", tenant);
  c.set("member", tenantContext(services, tenant, actor, c.get("requestId"), c.get("device").ipAddress));
}

function namesTenant(c: CallerContext): boolean {
  return c.get("tenant") !== null || c.req.header("X-Tenant") !== undefined;
}

/** Throws the same `forbidden` for every tenant that the credentials don't open, so that callers can't probe for tenants. */
async function openNamed(c: CallerContext, caller: Caller): Promise<OpenedTenant> {
  const host = c.get("tenant");
  const name = c.req.header("X-Tenant");
  // A former subdomain of the tenant also counts.
  const named = name === undefined ? host : await c.get("services").use(TENANTS).findBySubdomain(name);
  const matchesHost = named && (!host || host.id === named.id);
  const opened = matchesHost ? await openToBearer(c.get("services"), caller, named.id) : null;
  if (opened) return opened;
  log.warn("credentials of another tenant rejected", {
    requestId: c.get("requestId"),
    tenantId: caller.tenantId,
    userId: personIdOf(caller),
    named: name ?? host?.subdomain,
  });
  throw forbidden(OTHER_TENANTS_CREDENTIALS);
}
