import type { Context } from "hono";
import type { ErrorKind } from "../../src/errors.ts";
import { DomainError } from "../../src/errors.ts";
import { englishOf } from "../../src/platform/problem.ts";
import type { HttpEnv } from "../http.ts";
import { wireErrors } from "../wire.ts";

/** The status and title of each kind of error, for the API and for pages. */
export const STATUS: Record<
  ErrorKind,
  { status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 422 | 429 | 503; title: string }
> = {
  invalid: { status: 422, title: "Invalid input" },
  bad_request: { status: 400, title: "Bad request" },
  unauthenticated: { status: 401, title: "Not signed in" },
  unverified: { status: 400, title: "Not verified" },
  forbidden: { status: 403, title: "Not allowed" },
  reauthentication_required: { status: 403, title: "Confirm that it's you" },
  second_factor_required: { status: 403, title: "Second factor required" },
  suspended: { status: 403, title: "Suspended" },
  not_found: { status: 404, title: "Not found" },
  conflict: { status: 409, title: "Conflict" },
  precondition_failed: { status: 412, title: "Outdated version" },
  limit_reached: { status: 403, title: "Limit reached" },
  feature_not_in_plan: { status: 403, title: "Not in the plan" },
  too_large: { status: 413, title: "Too large" },
  rate_limited: { status: 429, title: "Too many requests" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
};

/** The problem types of kinds that a program reacts to. With a reached plan limit, `limit` and `used` hold the numbers. */
const TYPES: Partial<Record<ErrorKind, string>> = {
  feature_not_in_plan: "/problems/feature-not-in-plan",
  limit_reached: "/problems/limit-reached",
  rate_limited: "https://iana.org/assignments/http-problem-types#quota-exceeded",
  reauthentication_required: "/problems/reauthentication-required",
  second_factor_required: "/problems/second-factor-required",
};

/** The kinds of errors that a program meets: the type of those that it reacts to, the status and the title. */
export function listProblemKinds(): { type: string | null; status: number; title: string }[] {
  const kinds = Object.entries(STATUS) as [ErrorKind, typeof STATUS[ErrorKind]][];
  return kinds.map(([kind, { status, title }]) => ({ type: TYPES[kind] ?? null, status, title }))
    .toSorted((one, other) => one.status - other.status);
}

/**
 * Answers with `application/problem+json` (RFC 9457). The text is English
 * in every language, so that programs and logs can rely on it. Hides the details of any error that isn't a `DomainError`.
 */
export function problem<Env extends HttpEnv>(c: Context<Env>, error: unknown): Response {
  const requestId = c.get("requestId");
  if (!(error instanceof DomainError)) {
    return respond(c, 500, {
      title: "Internal error",
      detail: "Something went wrong on our side.",
      request_id: requestId,
    });
  }
  const { status, title } = STATUS[error.kind];
  const errors = Object.entries(wireErrors(error.fields))
    .map(([field, problem]) => ({ field, code: problem.code, message: englishOf(problem) }));
  if (error.retryAfter !== undefined) c.header("Retry-After", String(error.retryAfter));
  if (status === 401) c.header("WWW-Authenticate", 'Bearer realm="api"');
  return respond(c, status, {
    title,
    detail: englishOf(error.problem),
    request_id: requestId,
    ...(error.kind === "invalid" ? { errors } : {}),
    ...(TYPES[error.kind] && { type: TYPES[error.kind] }),
    ...error.usage,
    ...(error.policies && { "violated-policies": error.policies }),
  });
}

function respond<Env extends HttpEnv>(
  c: Context<Env>,
  status: 500 | typeof STATUS[ErrorKind]["status"],
  content: { type?: string; title: string; detail: string; request_id: string },
): Response {
  c.header("Content-Type", "application/problem+json");
  return c.body(JSON.stringify({ type: "about:blank", status, ...content }), status);
}
