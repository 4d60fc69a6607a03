import type { Context } from "hono";
import { DomainError, type ErrorKind } from "../src/errors.ts";
import type { Tenant } from "../src/tenancy/tenant.ts";
import { OobToast } from "../views/components/toast.tsx";
import { PLANS_PATH } from "../views/components/upgrade_notice.tsx";
import { ErrorPage, NoWorkspacePage, type Retry } from "../views/pages/error/error_page.tsx";
import { SuspendedPage } from "../views/pages/error/suspended_page.tsx";
import { SiteLayout } from "../views/layouts/site_layout.tsx";
import { errorText } from "../views/pages/error/text.ts";
import { STATUS } from "./api/problem.ts";
import { type HttpEnv, isPartial, readForm, redirect } from "./http.ts";
import { localeOf } from "./locale.ts";
import { ownHostUrl } from "./middleware/custom_domain.ts";
import { NoWorkspace } from "./middleware/host.ts";
import { fragment, page, withoutPasswords } from "./page.tsx";
import { problemText } from "./problem_text.ts";
import { safeNext } from "./site/redirects.ts";
import { STEP_UP_PATH, stepUpPage } from "./step_up.tsx";

const SECURITY_PATH = "/account/security";
const UNEXPECTED_STATUS = 500;
const SIGNED_OUT = 401;
const TOO_MANY = 429;

/**
 * An error for a person: a page in the layout of its mount, or a toast for htmx, which swaps nothing else. A person who has to
 * sign in goes to the sign-in page, which sends them back. A form keeps what they typed instead.
 */
export async function errorPage<Env extends HttpEnv>(c: Context<Env>, error: unknown): Promise<Response> {
  const kind = error instanceof DomainError ? error.kind : "unexpected";
  const tenant = c.get("tenant");
  if (kind === "unauthenticated" && c.req.method === "GET") return redirect(c, signInAddress(c));
  if (kind === "reauthentication_required") {
    if (c.get("customDomain") !== null) return redirect(c, ownHostUrl(c, whereFrom(c)));
    return c.req.method === "GET" ? redirect(c, stepUpAddress(c)) : await stepUpPage(c);
  }
  if (kind === "second_factor_required") return redirect(c, `${SECURITY_PATH}?notice=required`);
  if (isPartial(c)) return await errorToast(c, error);
  if (kind === "suspended" && tenant) return await suspendedPage(c, tenant);
  if (error instanceof NoWorkspace) return await noWorkspacePage(c, error);
  sendRetryAfter(c, error);
  await setFrame(c, kind);
  const { status, title, detail, hint } = describe(c, error);
  const props = {
    status,
    title,
    detail,
    hint,
    requestId: status >= UNEXPECTED_STATUS ? c.get("requestId") : undefined,
    home: tenant ? "/" : c.get("services").config.appUrl.href,
    retry: status >= UNEXPECTED_STATUS || status === TOO_MANY ? await retryOf(c) : undefined,
    signIn: status === SIGNED_OUT ? signInAddress(c) : undefined,
    plans: tenant && (kind === "feature_not_in_plan" || kind === "limit_reached") ? PLANS_PATH : undefined,
    isTitled: c.get("layout").isTitled,
  };
  return await page(c, { title, body: <ErrorPage {...props} />, status });
}

/**
 * Sets the frame of the pages around this one, if the request failed before a guard did. A failure to find the frame must not
 * hide the original error.
 */
async function setFrame<Env extends HttpEnv>(c: Context<Env>, kind: ErrorKind | "unexpected"): Promise<void> {
  if (c.get("layout") !== SiteLayout) return;
  // While the database is down, looking for the session would only delay the answer.
  if (kind === "unavailable" && !c.get("session")) return;
  await c.get("mount")?.frame?.(c as unknown as Context<HttpEnv>).catch(() => {});
}

/** The page stays as it is. */
async function errorToast<Env extends HttpEnv>(c: Context<Env>, error: unknown): Promise<Response> {
  const { status, detail } = describe(c, error);
  const { stillHere, signedOut } = errorText.of(localeOf(c));
  const isChange = c.req.method !== "GET";
  const text = status === SIGNED_OUT
    ? signedOut
    : status >= UNEXPECTED_STATUS && isChange
    ? `${detail} ${stillHere}`
    : detail;
  sendRetryAfter(c, error);
  c.header("HX-Reswap", "none");
  return await fragment(c, <OobToast kind="error" text={text} />, status);
}

/** Replaces every page of a suspended workspace. Only members see the reason. */
async function suspendedPage<Env extends HttpEnv>(
  c: Context<Env>,
  { name, suspension }: Tenant,
): Promise<Response> {
  const isMember = c.get("session") !== null;
  const reason = isMember ? suspension?.reason ?? null : null;
  const title = errorText.of(localeOf(c)).suspendedTitle(name);
  const body = <SuspendedPage workspace={{ name }} reason={reason} signedIn={isMember} />;
  return await page(c, { title, body, status: 403 });
}

async function noWorkspacePage<Env extends HttpEnv>(
  c: Context<Env>,
  { address }: NoWorkspace,
): Promise<Response> {
  const title = errorText.of(localeOf(c)).noWorkspace;
  return await page(c, { title, body: <NoWorkspacePage address={address} />, status: 404 });
}

function describe<Env extends HttpEnv>(c: Context<Env>, error: unknown) {
  const { kinds, unexpected } = errorText.of(localeOf(c));
  if (!(error instanceof DomainError)) {
    return { status: UNEXPECTED_STATUS, ...kinds.unexpected, detail: unexpected } as const;
  }
  return {
    status: STATUS[error.kind].status,
    ...kinds[error.kind],
    detail: problemText(error.fields.body ?? error.problem, localeOf(c)),
  };
}

function sendRetryAfter<Env extends HttpEnv>(c: Context<Env>, error: unknown): void {
  if (!(error instanceof DomainError) || error.retryAfter === undefined) return;
  c.header("Retry-After", String(error.retryAfter));
}

/** How to send the failed request again. Undefined if only the browser can, because a form had files. */
async function retryOf<Env extends HttpEnv>(c: Context<Env>): Promise<Retry | undefined> {
  const { pathname, search } = new URL(c.req.url);
  const here = safeNext(pathname + search, "/");
  if (c.req.method === "GET") return { href: here };
  const isForm = c.req.header("Content-Type")?.startsWith("application/x-www-form-urlencoded");
  const fields = isForm ? await readForm(c).catch(() => null) : null;
  return fields ? { action: here, fields: withoutPasswords(fields) } : undefined;
}

/** The sign-in page, which leads back to where the person was. */
function signInAddress<Env extends HttpEnv>(c: Context<Env>): string {
  const next = whereFrom(c);
  return next === "/" ? "/login" : `/login?${new URLSearchParams({ next })}`;
}

/** The page that asks for a proof, which leads back to where the person was. */
function stepUpAddress<Env extends HttpEnv>(c: Context<Env>): string {
  return `${STEP_UP_PATH}?${new URLSearchParams({ next: whereFrom(c) })}`;
}

/** The page that sent an htmx request or a form, if that page is on this host. */
function whereFrom<Env extends HttpEnv>(c: Context<Env>): string {
  const sender = isPartial(c)
    ? c.req.header("HX-Current-URL")
    : c.req.method === "GET"
    ? undefined
    : c.req.header("Referer") ?? "/";
  const url = URL.parse(sender ?? c.req.url);
  const isOwn = url?.host === URL.parse(c.req.url)?.host;
  return url && isOwn ? safeNext(url.pathname + url.search, "/") : "/";
}
