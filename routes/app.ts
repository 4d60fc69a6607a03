import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { DomainError, invalid, notFound, unavailable } from "../src/errors.ts";
import { isConnectionFailure, isOutOfRoom, isTimeout } from "../src/platform/database_errors.ts";
import { describeError, logOf } from "../src/platform/log.ts";
import type { Services } from "../src/ports.ts";
import { explainLoss, explainMissingRole } from "../src/tenancy/admission.ts";
import { api } from "./api/api.ts";
import { serveOpenApi } from "./api/openapi.ts";
import { problem } from "./api/problem.ts";
import { notificationSettingsPages } from "./app/notification_settings.tsx";
import { settingsPages } from "./app/settings.tsx";
import { jobPages } from "./admin/jobs.tsx";
import { suppressionPages } from "./admin/suppressions.tsx";
import { adminPages } from "./admin/tenants.tsx";
import { dashboardPages } from "./app/dashboard.tsx";
import { projectsPages } from "./app/projects.tsx";
import { developmentPages } from "./dev/components.tsx";
import { emailPages } from "./dev/emails.tsx";
import { mailboxPages } from "./dev/mailbox.tsx";
import { errorPage, logFailure } from "./error_page.tsx";
import type { AppContext, AppEnv } from "./http.ts";
import { emailNotices } from "./inbound/email.ts";
import { checkBody } from "./middleware/body.ts";
import { refuseCrossOrigin } from "./middleware/csrf.ts";
import { admitTenant, resolveHost } from "./middleware/host.ts";
import { refuseOtherMethods } from "./middleware/methods.ts";
import { requestContext } from "./middleware/request_context.ts";
import { securityHeaders } from "./middleware/security_headers.ts";
import { readSession } from "./middleware/session.ts";
import { operations } from "./operations.ts";
import { landingPages } from "./site/landing.tsx";
import { passwordPages } from "./site/passwords.tsx";
import { sessionPages } from "./site/sessions.tsx";
import { signUpPages } from "./site/sign_up.tsx";
import { unsubscribePages } from "./site/unsubscribe.tsx";
import { verificationPages } from "./site/verification.tsx";
import { workspacePages } from "./site/workspaces.tsx";
import { StaticFiles } from "./static_files.ts";
import { SIGNING_KEYS } from "../src/identity/signing_keys.ts";

/** The API's addresses: the second stands for the current version. */
const API_ROOTS = ["/api/v1", "/api"];

const PAGES = [
  landingPages,
  signUpPages,
  sessionPages,
  workspacePages,
  passwordPages,
  verificationPages,
  dashboardPages,
  projectsPages,
  settingsPages,
  notificationSettingsPages,
  adminPages,
  jobPages,
  suppressionPages,
];

/** Pages for those who build the product. Production has none of them. */
const DEVELOPMENT_PAGES = [developmentPages, emailPages, mailboxPages];

/** Room on a disk takes someone to make it. */
const FULL_RETRY_SECONDS = 60;

/** What programs ask is answered in their way, also where it goes wrong. */
const FOR_PROGRAMS = /^\/(api|inbound)\//;

/**
 * The whole of HTTP. What applies to every request comes first; then what any host answers; then the host is looked up,
 * and the API and the pages, each with what guards it.
 */
export async function createApp(services: Services, pages = PAGES): Promise<Hono<AppEnv>> {
  const app = new Hono<AppEnv>();
  const files = await StaticFiles.load();

  app.use(requestContext(services, files.url), securityHeaders(services.config), refuseOtherMethods);
  app.onError((error, c) => respondToError(c, error));
  app.notFound((c) => respondToError(c, notFound("This page")));

  app.route("/", operations);
  app.route("/", files.routes); // before the host is looked up: the error page of an unknown host needs its styles
  app.use(resolveHost, checkBody);
  app.get(
    "/.well-known/jwks.json",
    (c) => c.json(services.use(SIGNING_KEYS).publicKeys, 200, { "Cache-Control": "public, max-age=300" }),
  );
  app.get("/openapi.json", serveOpenApi(services.config.appUrl.origin));
  for (const root of API_ROOTS) app.route(root, api);
  app.route("/inbound", emailNotices);
  app.route("/", unsubscribePages);

  app.use(refuseCrossOrigin, readSession, admitTenant);
  for (const part of pages) app.route("/", part);
  if (services.config.environment !== "production") {
    for (const part of DEVELOPMENT_PAGES) app.route("/", part);
  }
  return app;
}

async function respondToError(c: AppContext, thrown: unknown): Promise<Response> {
  const error = await toKnown(c, thrown);
  logFailure(c, error);
  return await (FOR_PROGRAMS.test(c.req.path) ? problem(c, error) : errorPage(c, error));
}

/** What Hono refuses itself, and a database that can't be reached, are no bugs of ours. */
async function toKnown(c: AppContext, thrown: unknown): Promise<unknown> {
  if (thrown instanceof HTTPException && thrown.status < 500) return invalid({ body: thrown.message });
  if (thrown instanceof Error && thrown.cause instanceof DomainError) return thrown.cause; // of a query, as Drizzle tells it
  if (isConnectionFailure(thrown)) return unavailable("The database does not answer. Try again in a moment.");
  if (isTimeout(thrown)) return unavailable("This takes too long now. Try again in a moment.");
  if (isOutOfRoom(thrown)) {
    logOf("database").error("the database has no room left", describeError(thrown));
    return unavailable(
      "Nothing can be saved right now. Nothing was changed; try again in a minute.",
      FULL_RETRY_SECONDS,
    );
  }
  const tenant = c.get("api")?.tenant ?? c.get("tenant");
  const loss = tenant && await explainLoss(c.get("services"), tenant, thrown);
  return loss ?? explainMissingRole(thrown) ?? thrown;
}
