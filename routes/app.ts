import { type Context, Hono } from "hono";
import { notFound } from "../src/errors.ts";
import { SIGNING_KEYS } from "../src/identity/signing_keys.ts";
import type { Services } from "../src/ports.ts";
import { admin } from "./admin/admin.ts";
import { frameBackOffice, requireStaff } from "./admin/staff.tsx";
import { api } from "./api/api.ts";
import { problemTypes } from "./api/problem_types.ts";
import { serveOpenApi } from "./api/openapi.ts";
import { admitWebsites, collectEvents, collectScript } from "./collect/collect.ts";
import { app, frameApp, guardVisit } from "./app/app.ts";
import { campaignArchive, campaignLinks } from "./app/campaign_links.ts";
import { ownContact } from "./contact/own_contact.tsx";
import { signUpForm } from "./contact/sign_up_form.tsx";
import { sequenceLinks } from "./app/sequence_links.ts";
import { dev } from "./dev/dev.ts";
import { respondToError } from "./errors.tsx";
import type { HttpEnv } from "./http.ts";
import { PAGE_NOT_FOUND } from "./http.ts";
import { inbound } from "./inbound/inbound.ts";
import { gatewayEvents } from "./inbound/stripe.ts";
import { emailedLogos } from "./logos.ts";
import { KILOBYTE, MEGABYTE, TEXT_BODY } from "./middleware/body.ts";
import { compress } from "./middleware/compression.ts";
import { admitOrigins } from "./middleware/cross_origin_api.ts";
import { refuseCrossOrigin } from "./middleware/csrf.ts";
import { refusePersonal, refuseSecrets } from "./middleware/custom_domain.ts";
import { admitTenant, findApiTenant, findTenant, findTenantAnywhere } from "./middleware/host.ts";
import { refuseOtherMethods } from "./middleware/methods.ts";
import { confirmIdentity } from "./step_up.tsx";
import { requestContext } from "./middleware/request_context.ts";
import { securityHeaders } from "./middleware/security_headers.ts";
import { readSession } from "./middleware/session.ts";
import { type Mount, mount } from "./mount.ts";
import { checkOfflineForm } from "./offline_forms.ts";
import { operations } from "./operations.ts";
import { sandboxPages } from "./sandbox/sandbox.tsx";
import { serviceWorkerRoutes } from "./service_worker.ts";
import { site } from "./site/site.ts";
import { docsRequests } from "./site/docs/requests.tsx";
import { unsubscribe } from "./site/unsubscribe.tsx";
import { frameSite, welcomeVisitor } from "./site/visitor.tsx";
import { StaticFiles } from "./static_files.ts";
import { apexWellKnown, tenantWellKnown } from "./well_known.ts";

const SITE: Mount = {
  guards: [refuseCrossOrigin, readSession, welcomeVisitor, confirmIdentity],
  body: TEXT_BODY,
  policy: "pages",
  errors: "page",
  frame: frameSite,
};

/** Email clients post here from any origin, without a cookie (RFC 8058). The token in the URL authenticates them. */
const UNSUBSCRIBE: Mount = { guards: [], body: TEXT_BODY, policy: "pages", errors: "page" };

/** The gateway's pages know nobody who is signed in. */
const SANDBOX: Mount = { guards: [refuseCrossOrigin], body: TEXT_BODY, policy: "pages", errors: "page" };

/** The gateway signs the exact bytes. A route reads them itself, and any content is welcome. */
const WEBHOOKS: Mount = {
  guards: [],
  body: { kind: "stream", maxBytes: MEGABYTE },
  policy: "pages",
  errors: "problem",
};

/** Anyone may see a logo, on any site. */
const LOGOS: Mount = { guards: [], body: TEXT_BODY, policy: "shared_images", errors: "page" };

/** Pages of other websites run it. */
const COLLECT_SCRIPT: Mount = {
  guards: [findTenantAnywhere, admitTenant],
  body: TEXT_BODY,
  policy: "shared_scripts",
  errors: "problem",
};

/**
 * Pages of the workspace's websites post here, without a cookie. So the list of websites stands in for the rule against other sites.
 * Browsers forget the origin when they follow a redirect, so a former address answers itself.
 */
const COLLECT: Mount = {
  outerGuards: [findTenantAnywhere, admitTenant, admitWebsites],
  guards: [],
  body: { kind: "text", maxBytes: 32 * KILOBYTE },
  policy: "pages",
  errors: "problem",
};

/** Readers of campaigns come here from their email program. The token in the URL stands for them. */
const CAMPAIGN_LINKS: Mount = {
  guards: [findTenantAnywhere, admitTenant],
  body: TEXT_BODY,
  policy: "shared_images",
  errors: "page",
};

/** Anyone with the address may read a campaign that the workspace published. Its HTML has a policy of its own. */
const CAMPAIGN_ARCHIVE: Mount = {
  guards: [findTenant, admitTenant],
  body: TEXT_BODY,
  policy: "previews",
  errors: "page",
};

/**
 * Contacts have no account and no cookie here. The token in a link authenticates them, and a form on any website may ask for a
 * confirmation email. Email clients post without following redirects, so a former address answers itself.
 */
const CONTACT_PAGES: Mount = {
  guards: [findTenantAnywhere, admitTenant],
  body: TEXT_BODY,
  policy: "workspace",
  errors: "page",
};

const ADMIN: Mount = {
  guards: [refuseCrossOrigin, readSession, confirmIdentity, requireStaff],
  body: TEXT_BODY,
  policy: "back_office",
  errors: "page",
  frame: frameBackOffice,
};

const DEV: Mount = {
  guards: [refuseCrossOrigin],
  body: TEXT_BODY,
  policy: "previews",
  errors: "page",
};

/** Anyone may read it. */
const SERVICE_WORKER: Mount = { guards: [], body: TEXT_BODY, policy: "service_worker", errors: "page" };

/** Its routes authenticate each request by a token. A refused body counts toward the caller's limits, and is in the request log. */
const API: Mount = {
  guards: [],
  body: TEXT_BODY,
  routesCheckBody: true,
  policy: "pages",
  errors: "problem",
};

/** Its routes check each report's signature. */
const INBOUND: Mount = { guards: [], body: TEXT_BODY, policy: "pages", errors: "problem" };

/** Scripts of other websites can read why their call was refused. */
const TENANT_API: Mount = { ...API, guards: [findApiTenant, admitOrigins, refuseSecrets] };

/** routes/app/app.ts adds the guard for members, after the sign-in pages. */
const APP: Mount = {
  guards: [
    findTenant,
    refuseCrossOrigin,
    readSession,
    admitTenant,
    refusePersonal,
    checkOfflineForm,
    guardVisit,
    confirmIdentity,
  ],
  body: TEXT_BODY,
  policy: "workspace",
  errors: "page",
  frame: frameApp,
};

/** The paths of the API. `/api` is the current version. */
const API_ROOTS = ["/api/v1", "/api"];

/** Which kind of host a route is on. */
export type HostKind = "apex" | "tenant";

export type HttpApp = {
  fetch: Deno.ServeHandler;
  /** Every route, for tests that request each one. */
  routes: { host: HostKind; method: string; path: string }[];
};

/** All HTTP routes: one router for the apex, and one for the hosts of all tenants. */
export async function createApp(services: Services): Promise<HttpApp> {
  const files = await StaticFiles.load();
  const hosts = { apex: apexRoutes(services, files), tenant: tenantRoutes(services, files) };
  const { host: apexHost } = services.config.appUrl;
  return {
    fetch: (request, info) => {
      const kind = request.headers.get("Host")?.toLowerCase() === apexHost ? "apex" : "tenant";
      return hosts[kind].fetch(request, info);
    },
    routes: (["apex", "tenant"] as const).flatMap((host) =>
      hosts[host].routes.map(({ method, path }) => ({ host, method, path }))
    ),
  };
}

function apexRoutes(services: Services, files: StaticFiles): Hono<HttpEnv> {
  const apex = anyHost(services, files);
  apex.get("/openapi.json", serveOpenApi(services.config.appUrl.origin));
  apex.get("/.well-known/jwks.json", sendSigningKeys);
  apex.route("/", apexWellKnown);
  for (const root of API_ROOTS) mount(apex, root, API, api);
  mount(apex, "/inbound", INBOUND, inbound);
  mount(apex, "/webhooks", WEBHOOKS, gatewayEvents);
  mount(apex, "/unsubscribe", UNSUBSCRIBE, unsubscribe);
  if (services.config.environment !== "production") mount(apex, "/sandbox", SANDBOX, sandboxPages);
  mount(apex, "/brand", LOGOS, emailedLogos);
  mount(apex, "/admin", ADMIN, admin);
  if (services.config.environment !== "production") mount(apex, "/dev", DEV, dev);
  mount(apex, "/docs/requests", SITE, docsRequests((request, env) => apex.fetch(request, env as object)));
  mount(apex, "/", SITE, site);
  return apex;
}

function tenantRoutes(services: Services, files: StaticFiles): Hono<HttpEnv> {
  const tenant = anyHost(services, files);
  tenant.route("/", tenantWellKnown);
  mount(tenant, "/sw.js", SERVICE_WORKER, serviceWorkerRoutes(files));
  for (const root of API_ROOTS) mount(tenant, root, TENANT_API, api);
  mount(tenant, "/collect.js", COLLECT_SCRIPT, collectScript(files));
  mount(tenant, "/collect", COLLECT, collectEvents);
  mount(tenant, "/c", CAMPAIGN_LINKS, campaignLinks);
  mount(tenant, "/s", CAMPAIGN_LINKS, sequenceLinks);
  mount(tenant, "/campaigns/:id/archive", CAMPAIGN_ARCHIVE, campaignArchive);
  mount(tenant, "/contact", CONTACT_PAGES, ownContact);
  mount(tenant, "/subscribe", CONTACT_PAGES, signUpForm);
  mount(tenant, "/", APP, app);
  return tenant;
}

/** The routes that every host answers. Unknown hosts need the styles for their error page. */
export function anyHost(services: Services, files: StaticFiles): Hono<HttpEnv> {
  const host = new Hono<HttpEnv>();
  host.use(
    requestContext(services, files.url),
    compress,
    securityHeaders(services.config),
    refuseOtherMethods,
  );
  host.onError((error, c) => respondToError(c, error));
  host.notFound((c) => respondToError(c, notFound(PAGE_NOT_FOUND)));
  host.route("/", operations);
  host.route("/", problemTypes);
  host.route("/", files.routes);
  return host;
}

async function sendSigningKeys(c: Context<HttpEnv>): Promise<Response> {
  const { publicKeys } = await c.get("services").use(SIGNING_KEYS).refresh();
  return c.json(publicKeys, 200, { "Cache-Control": "public, max-age=30" });
}
