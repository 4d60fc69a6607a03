import type { Context } from "hono";
import type { StoredAnswer } from "../../src/api_access/idempotency.ts";
import type { ErrorKind } from "../../src/errors.ts";
import { DomainError } from "../../src/errors.ts";
import { englishOf } from "../../src/platform/problem.ts";
import type { HttpEnv } from "../http.ts";
import { wireErrors } from "../wire.ts";
import { send } from "./answers.ts";
import { addQuota } from "./rate_limit_headers.ts";

/** The status and title of each kind of error, for the API and for pages. */
export const STATUS: Record<
  ErrorKind,
  { status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 422 | 429 | 503; title: string }
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
  unsupported_media_type: { status: 415, title: "Unsupported format" },
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
  if (error instanceof DomainError && error.reached) addQuota(c, error.reached);
  return send(c, problemAnswer(error, c.get("requestId")));
}

/** The same answer as data. */
export function problemAnswer(error: unknown, requestId: string): StoredAnswer {
  if (!(error instanceof DomainError)) {
    return answer(500, { title: "Internal error", detail: "Something went wrong on our side.", requestId });
  }
  const { kind, fields, retryAfter, usage, reached } = error;
  const { status, title } = STATUS[kind];
  const headers = {
    ...(retryAfter !== undefined && { "Retry-After": String(retryAfter) }),
    ...(status === 401 && { "WWW-Authenticate": 'Bearer realm="api"' }),
    ...(status === 415 && { "Accept-Post": "application/json", "Accept-Patch": "application/json" }),
  };
  const errors = Object.entries(wireErrors(fields))
    .map(([field, problem]) => ({ field, code: problem.code, message: englishOf(problem) }));
  const more = {
    ...(kind === "invalid" ? { errors } : {}),
    ...(TYPES[kind] && { type: TYPES[kind] }),
    ...usage,
    ...(reached && { "violated-policies": [reached.policy] }),
  };
  return answer(status, { title, detail: englishOf(error.problem), requestId }, more, headers);
}

type Explanation = { title: string; detail: string; requestId: string };

function answer(
  status: number,
  { title, detail, requestId }: Explanation,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): StoredAnswer {
  const content = { type: "about:blank", status, title, detail, request_id: requestId, ...more };
  return {
    status,
    headers: { ...headers, "Content-Type": "application/problem+json" },
    body: JSON.stringify(content),
  };
}
