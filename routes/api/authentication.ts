import { createMiddleware } from "hono/factory";
import { API_USAGE } from "../../src/api_access/usage_counter.ts";
import { tenantContext } from "../../src/context.ts";
import { forbidden, unauthenticated } from "../../src/errors.ts";
import {
  authenticateBearer,
  type OpenedTenant,
  openToBearer,
  openUnnamed,
} from "../../src/identity/bearers.ts";
import type { Bearer } from "../../src/identity/credentials.ts";
import { requireFactorIn } from "../../src/identity/factor_policy.ts";
import { logOf } from "../../src/platform/log.ts";
import { problem } from "../../src/platform/problem.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import type { CallerContext, CallerEnv } from "./env.ts";

const ACCOUNT_TOKEN_NEEDED = problem(
  "account_token_needed",
  "This request needs an account token. Sign in without a tenant to get one.",
);
const OTHER_TENANTS_CREDENTIALS = problem(
  "other_tenants_credentials",
  "These credentials are not for this tenant.",
);
const TOKEN_MISSING = problem("token_missing", "Send an access token: Authorization: Bearer <token>.");

const NOT_MODIFIED = 304;

const log = logOf("security");

/**
 * Authenticates the caller. If the host or `X-Tenant` names a tenant, the credentials must be valid for that tenant on every
 * route. A tenant token always opens its own tenant.
 */
export const authenticateCaller = createMiddleware<CallerEnv>(async (c, next) => {
  const services = c.get("services");
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
  if (!token) throw unauthenticated(TOKEN_MISSING);
  const caller = await authenticateBearer(services, token);
  c.set("caller", caller);
  c.set("userId", caller.actor.id);
  const opened = namesTenant(c)
    ? await openNamed(c, caller)
    : caller.scope === "tenant"
    ? await openUnnamed(services, caller)
    : null;
  if (opened) enter(c, opened);
  await next();
  countCall(c);
});

/** Sets the context of the tenant that the request names. Every tenant route needs this guard. */
export const requireTenant = createMiddleware<CallerEnv>(async (c, next) => {
  if (!c.get("member")) enter(c, await openUnnamed(c.get("services"), c.get("caller")));
  await next();
});

/** Rejects tenant tokens on routes about the person's whole account. */
export const requireAccountToken = createMiddleware<CallerEnv>(async (c, next) => {
  if (c.get("caller").scope !== "account") {
    throw forbidden(ACCOUNT_TOKEN_NEEDED);
  }
  await next();
});

function enter(c: CallerContext, { tenant, actor }: OpenedTenant): void {
  const services = c.get("services");
  requireFactorIn(services, tenant, c.get("caller"));
  c.set("target", tenant);
  c.set("member", tenantContext(services, tenant, actor, c.get("requestId"), c.get("device").ipAddress));
}

/** A client that has the current version, and asks for changes only, doesn't use up the plan's calls. */
function countCall(c: CallerContext): void {
  const member = c.get("member");
  if (member && c.res.status !== NOT_MODIFIED) c.get("services").use(API_USAGE).count(member.tenant.id);
}

function namesTenant(c: CallerContext): boolean {
  return c.get("tenant") !== null || c.req.header("X-Tenant") !== undefined;
}

/** Throws the same `forbidden` for every tenant that the credentials don't open, so that callers can't probe for tenants. */
async function openNamed(c: CallerContext, caller: Bearer): Promise<OpenedTenant> {
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
    userId: caller.actor.id,
    named: name ?? host?.subdomain,
  });
  throw forbidden(OTHER_TENANTS_CREDENTIALS);
}
