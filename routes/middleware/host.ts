import type { Context, Next } from "hono";
import { createMiddleware } from "hono/factory";
import { LIVE_HOSTS } from "../../src/custom_domains/live_hosts.ts";
import { DomainError, notFound } from "../../src/errors.ts";
import { HANDOFF_PROOF_PATH } from "../../src/identity/handoffs.ts";
import { problem } from "../../src/platform/problem.ts";
import { admit } from "../../src/tenancy/admission.ts";
import { subdomainUrl, type Tenant, tenantUrl } from "../../src/tenancy/tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import type { HttpEnv } from "../http.ts";
import { PAGE_NOT_FOUND } from "../http.ts";
import { printable, UnknownHosts } from "./unknown_hosts.ts";

const NO_WORKSPACE_HERE = problem(
  "no_workspace_here",
  "There's no workspace at {address}. Check the spelling, or start at {home}.",
);
const NO_WORKSPACE_AT_ALL = problem(
  "no_workspace_at_this_address",
  "There's no workspace at this address. Check the spelling, or start at {home}.",
);

const unknownHosts = new UnknownHosts();

/** No workspace has the request's host. `address` is absent if the host isn't below the apex. */
export class NoWorkspace extends DomainError {
  constructor(readonly address: string | undefined, apex: URL) {
    const home = apex.origin;
    super(
      "not_found",
      address === undefined ? NO_WORKSPACE_AT_ALL.with({ home }) : NO_WORKSPACE_HERE.with({ address, home }),
    );
  }
}

/**
 * Finds the tenant by the request's subdomain of the apex, or by a custom domain. Any other host is a 404. A tenant's former
 * subdomain redirects to its current one, and a custom domain to the primary one or, without one, to the subdomain. Redirects keep
 * method and body. The port must match, because browsers treat ports as different origins.
 */
export const findTenant = createMiddleware<HttpEnv>(async (c, next) => {
  const { primaryDomain } = await readTenant(c);
  const customDomain = c.get("customDomain");
  if (customDomain === null) return await leaveFormerSubdomain(c, next);
  if (customDomain !== primaryDomain) return redirectTo(c, tenantUrl);
  await next();
});

/**
 * Finds the tenant like `findTenant`, and serves it on all of its custom domains. Clients that follow a redirect to another host
 * leave the `Authorization` header out, or send credentials where their user didn't mean to.
 */
export const findApiTenant = createMiddleware<HttpEnv>(async (c, next) => {
  await readTenant(c);
  if (c.get("customDomain") === null) return await leaveFormerSubdomain(c, next);
  await next();
});

/** Finds the tenant like `findTenant`, and serves it on its former subdomains and on all of its custom domains as well. */
export const findTenantAnywhere = createMiddleware<HttpEnv>(async (c, next) => {
  await readTenant(c);
  await next();
});

/** Rejects requests for a tenant that is suspended or not ready for this code. */
export const admitTenant = createMiddleware<HttpEnv>(async (c, next) => {
  const tenant = c.get("tenant");
  if (!tenant) throw notFound(PAGE_NOT_FOUND);
  admit(c.get("services"), tenant);
  await next();
});

/** The person who moved the workspace is still signed in on the old host, so the handoff proof stays there. */
async function leaveFormerSubdomain(c: Context<HttpEnv>, next: Next): Promise<Response | void> {
  const { appUrl } = c.get("services").config;
  const isMoved = c.get("tenant")!.subdomain !== subdomainOf(hostOf(c), appUrl.host);
  if (isMoved && c.req.path !== HANDOFF_PROOF_PATH) return redirectTo(c, subdomainUrl);
  await next();
}

function redirectTo(c: Context<HttpEnv>, urlOf: typeof tenantUrl): Response {
  const { pathname, search } = new URL(c.req.url);
  return c.redirect(urlOf(c.get("services").config.appUrl, c.get("tenant")!) + pathname + search, 307);
}

async function readTenant(c: Context<HttpEnv>): Promise<Tenant> {
  const { config, use } = c.get("services");
  const subdomain = subdomainOf(hostOf(c), config.appUrl.host);
  const tenant = subdomain ? await use(TENANTS).findBySubdomain(subdomain) : await findByCustomDomain(c);
  if (!tenant) throw noWorkspaceHere(c);
  c.set("tenant", tenant);
  c.set("target", tenant);
  return tenant;
}

/** Needs no query for a host that isn't a custom domain, so forged hosts cost nothing. */
async function findByCustomDomain(c: Context<HttpEnv>): Promise<Tenant | null> {
  const { config: { appUrl }, use } = c.get("services");
  const domain = withoutPort(hostOf(c), appUrl.port);
  const tenantId = domain ? await use(LIVE_HOSTS).findTenantId(domain) : null;
  const tenant = tenantId && await use(TENANTS).findById(tenantId);
  if (tenant) c.set("customDomain", domain);
  return tenant;
}

/** The name in a host with this port. Empty if the host has another port. */
function withoutPort(host: string, port: string): string {
  const ending = port && `:${port}`;
  return host.endsWith(ending) ? host.slice(0, host.length - ending.length) : "";
}

function hostOf(c: Context<HttpEnv>): string {
  return c.req.header("Host")?.toLowerCase() ?? "";
}

function subdomainOf(host: string, apexHost: string): string {
  return host.endsWith(`.${apexHost}`) ? host.slice(0, -apexHost.length - 1) : "";
}

/** Shows only names below the apex. Any other name is forged or comes from a wrong configuration. */
function noWorkspaceHere(c: Context<HttpEnv>): NoWorkspace {
  const { appUrl } = c.get("services").config;
  const host = hostOf(c);
  unknownHosts.report(host, appUrl.host);
  const isBelowApex = subdomainOf(host, appUrl.host) !== "";
  return new NoWorkspace(isBelowApex ? printable(host).replace(/:\d+$/, "") : undefined, appUrl);
}
