import { DomainError } from "../src/errors.ts";
import { describeError, logOf } from "../src/platform/log.ts";
import { OobToast } from "../views/components/toast.tsx";
import { ErrorPage } from "../views/pages/error_page.tsx";
import { SuspendedPage } from "../views/pages/suspended_page.tsx";
import { shellOf } from "./app/viewer.ts";
import { STATUS } from "./api/problem.ts";
import { type AppContext, hostTenant, isPartial, redirect } from "./http.ts";
import { render } from "./render.tsx";
import { safeNext } from "./site/redirects.ts";

const log = logOf("http");

const ACTION = { label: "Go to the start", href: "/" };

/**
 * The error as a page in the product's style, or, where htmx asked for a part, as a message in the corner that leaves
 * the page as it is. Whoever has to sign in is sent to do so, and comes back.
 */
export function errorPage(c: AppContext, error: unknown): Response | Promise<Response> {
  if (error instanceof DomainError && error.kind === "unauthenticated" && c.req.method === "GET") {
    return redirect(c, signInAddress(c));
  }
  if (error instanceof DomainError && error.kind === "suspended" && !isPartial(c)) return suspendedPage(c);
  const { status, title, detail } = describe(error);
  if (error instanceof DomainError && error.retryAfter !== undefined) {
    c.header("Retry-After", String(error.retryAfter));
  }
  if (isPartial(c)) {
    c.header("HX-Reswap", "none");
    return render(c, <OobToast kind="error" text={detail} />, status);
  }
  const shell = c.get("session")?.actor.type === "member" ? shellOf(c) : undefined;
  const page = { status, title, detail, requestId: c.get("requestId"), action: ACTION, shell };
  return render(c, <ErrorPage {...page} />, status);
}

/** For all who come to a suspended tenant's host. Why it is suspended is for its members alone. */
function suspendedPage(c: AppContext): Response | Promise<Response> {
  const { name, suspension } = hostTenant(c);
  const signedIn = c.get("session") !== null;
  const reason = signedIn ? suspension?.reason ?? null : null;
  return render(c, <SuspendedPage workspace={{ name }} reason={reason} signedIn={signedIn} />, 403);
}

/** Writes what nobody expected into the log, with its request's id. The person sees that id and nothing else. */
export function logFailure(c: AppContext, error: unknown): void {
  if (error instanceof DomainError) return;
  log.error("request failed", {
    requestId: c.get("requestId"),
    tenantId: c.get("tenantId"),
    ...describeError(error),
  });
}

function describe(error: unknown) {
  if (error instanceof DomainError) return { ...STATUS[error.kind], detail: error.message };
  return {
    status: 500 as const,
    title: "Something went wrong",
    detail: "It is our fault, not yours. We have a note of it.",
  };
}

/** htmx asks for a part; the page around it is where to come back to, if it is one of this host. */
function signInAddress(c: AppContext): string {
  const page = isPartial(c) ? c.req.header("HX-Current-URL") : undefined;
  const url = URL.parse(page ?? c.req.url);
  const isOwn = url?.host === URL.parse(c.req.url)?.host;
  const next = url && isOwn ? safeNext(url.pathname + url.search, "/") : "/";
  return next === "/" ? "/login" : `/login?${new URLSearchParams({ next })}`;
}
