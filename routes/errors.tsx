import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { DomainError, invalid, unavailable } from "../src/errors.ts";
import { isConnectionFailure, isOutOfRoom, isTimeout } from "../src/platform/database_errors.ts";
import { describeError, logOf } from "../src/platform/log.ts";
import { type Problem, problem } from "../src/platform/problem.ts";
import { explainLoss, explainMissingRole } from "../src/tenancy/admission.ts";
import type { Tenant } from "../src/tenancy/tenant.ts";
import { OobToast } from "../views/components/toast.tsx";
import { ErrorPage } from "../views/pages/error_page.tsx";
import { SuspendedPage } from "../views/pages/suspended_page.tsx";
import { problem as problemJson, STATUS } from "./api/problem.ts";
import { type HttpEnv, isPartial, redirect } from "./http.ts";
import { localeOf } from "./locale.ts";
import { isForPrograms } from "./mount.ts";
import { fragment, page } from "./page.tsx";
import { problemText } from "./problem_text.ts";
import { safeNext } from "./site/redirects.ts";

const DATABASE_UNREACHABLE = problem(
  "database_unreachable",
  "We're having trouble right now. Try again in a minute.",
);
const DATABASE_FULL = problem("database_full", "We can't save changes right now. Try again in a minute.");

/** Long, because a person has to free space on a full disk. */
const FULL_RETRY_SECONDS = 60;

const log = logOf("http");

/** Answers an error in the format of the request's mount: problem+json, a page, or a toast for htmx. */
export async function respondToError<Env extends HttpEnv>(
  c: Context<Env>,
  thrown: unknown,
): Promise<Response> {
  const error = await toKnownError(c, thrown);
  logFailure(c, error);
  return isForPrograms(c) ? problemJson(c, error) : await errorPage(c, error);
}

/** Maps expected failures, such as Hono's HTTP errors and an unreachable database, to a `DomainError`. */
async function toKnownError<Env extends HttpEnv>(c: Context<Env>, thrown: unknown): Promise<unknown> {
  if (thrown instanceof HTTPException && thrown.status < 500) return invalid({ body: problemOfHono(thrown) });
  if (thrown instanceof Error && thrown.cause instanceof DomainError) return thrown.cause; // Drizzle wraps it
  if (isConnectionFailure(thrown) || isTimeout(thrown)) {
    return unavailable(DATABASE_UNREACHABLE);
  }
  if (isOutOfRoom(thrown)) {
    logOf("database").error("the database has no room left", describeError(thrown));
    return unavailable(DATABASE_FULL, FULL_RETRY_SECONDS);
  }
  const tenant = c.get("target");
  const loss = tenant && await explainLoss(c.get("services"), tenant, thrown);
  return loss ?? explainMissingRole(thrown) ?? thrown;
}

/** Hono's own message, such as "Malformed JSON in request body". */
function problemOfHono({ message }: HTTPException): Problem {
  return { code: "request_malformed", english: message, values: {} };
}

/** Logs an unexpected error with the request's id. The person sees only that id. */
function logFailure<Env extends HttpEnv>(c: Context<Env>, error: unknown): void {
  if (error instanceof DomainError) return;
  log.error("request failed", {
    requestId: c.get("requestId"),
    tenantId: c.get("target")?.id,
    ...describeError(error),
  });
}

/** Redirects visitors who have to sign in to the sign-in page, which sends them back afterward. */
async function errorPage<Env extends HttpEnv>(c: Context<Env>, error: unknown): Promise<Response> {
  const kind = error instanceof DomainError ? error.kind : null;
  if (kind === "unauthenticated" && c.req.method === "GET") return redirect(c, signInAddress(c));
  const tenant = c.get("tenant");
  if (kind === "suspended" && tenant && !isPartial(c)) return await suspendedPage(c, tenant);
  if (error instanceof DomainError && error.retryAfter !== undefined) {
    c.header("Retry-After", String(error.retryAfter));
  }
  const { status, title, detail } = describe(c, error);
  if (isPartial(c)) {
    c.header("HX-Reswap", "none");
    return await fragment(c, <OobToast kind="error" text={detail} />, status);
  }
  const requestId = status >= 500 ? c.get("requestId") : undefined;
  const home = c.get("tenant") ? "/" : c.get("services").config.appUrl.href;
  const body = <ErrorPage {...{ status, title, detail, requestId, home }} />;
  return await page(c, { title, body, status });
}

/** Replaces every page of a suspended workspace. Only members see the reason. */
async function suspendedPage<Env extends HttpEnv>(
  c: Context<Env>,
  { name, suspension }: Tenant,
): Promise<Response> {
  const isMember = c.get("session") !== null;
  const reason = isMember ? suspension?.reason ?? null : null;
  const body = <SuspendedPage workspace={{ name }} reason={reason} signedIn={isMember} />;
  return await page(c, { title: `${name} is suspended`, body, status: 403 });
}

function describe<Env extends HttpEnv>(c: Context<Env>, error: unknown) {
  if (error instanceof DomainError) {
    return { ...STATUS[error.kind], detail: problemText(error.problem, localeOf(c)) };
  }
  return { status: 500 as const, title: "Something went wrong", detail: "We've been notified." };
}

/** After an htmx request, the person returns to the page that sent it, if that page is on this host. */
function signInAddress<Env extends HttpEnv>(c: Context<Env>): string {
  const page = isPartial(c) ? c.req.header("HX-Current-URL") : undefined;
  const url = URL.parse(page ?? c.req.url);
  const isOwn = url?.host === URL.parse(c.req.url)?.host;
  const next = url && isOwn ? safeNext(url.pathname + url.search, "/") : "/";
  return next === "/" ? "/login" : `/login?${new URLSearchParams({ next })}`;
}
