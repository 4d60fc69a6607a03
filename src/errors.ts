import { englishOf, type Problem, problem } from "./platform/problem.ts";

/**
 * The kinds of errors that the product expects. Each edge (page, partial, API, CLI) converts them to responses in one place.
 * Any other exception is a bug: the product logs it and answers with 500, without details.
 */
export type ErrorKind =
  | "invalid"
  | "bad_request"
  | "unauthenticated"
  | "unverified"
  | "forbidden"
  | "reauthentication_required"
  | "second_factor_required"
  | "suspended"
  | "not_found"
  | "conflict"
  | "precondition_failed"
  | "limit_reached"
  | "feature_not_in_plan"
  | "too_large"
  | "unsupported_media_type"
  | "rate_limited"
  | "unavailable";

/** The problem of each field with one. */
export type FieldProblems = Record<string, Problem>;

/** The text beside each field with a problem, as a page shows it. */
export type FieldErrors = Record<string, string>;

/** A plan's limit, and how much of it is used. */
export type Usage = { limit: number; used: number };

/** A limit on requests, and what is left of it, as `RateLimit-Policy` and `RateLimit` describe them. Times are in seconds. */
export type Quota = {
  /** The limit's name. */
  policy: string;
  quota: number;
  /** Null if the quota is a number of requests at once. */
  window: number | null;
  remaining: number;
  resetAfter: number;
};

const FIELDS_INVALID = problem("fields_invalid", "Some fields need another value.");
const NOT_SIGNED_IN = problem("not_signed_in", "Sign in to continue.");
const NOT_ALLOWED = problem("not_allowed", "Your role does not allow this.");
const CONFIRM_ITS_YOU = problem(
  "reauthentication_required",
  "Confirm it's you first. You last confirmed more than {minutes} minutes ago, or with a weaker method.",
);
const WORKSPACE_SUSPENDED = problem("workspace_suspended", "This workspace is suspended. Ask its owner why.");

export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly problem: Problem;
  readonly fields: FieldProblems;
  /** For `rate_limited`, `unavailable`, and a `conflict` that passes: seconds until a retry makes sense. */
  readonly retryAfter: number | undefined;
  /** For `limit_reached`: the plan's limit, and how much of it is used. */
  readonly usage: Usage | undefined;
  /** For `rate_limited`: the limit that is reached. */
  readonly reached: Quota | undefined;

  constructor(
    kind: ErrorKind,
    problem: Problem,
    options: {
      fields?: FieldProblems;
      retryAfter?: number | undefined;
      usage?: Usage;
      reached?: Quota;
    } = {},
  ) {
    super(englishOf(problem));
    this.name = "DomainError";
    this.kind = kind;
    this.problem = problem;
    this.fields = options.fields ?? {};
    this.retryAfter = options.retryAfter;
    this.usage = options.usage;
    this.reached = options.reached;
  }
}

/** The input is invalid. `fields` says what to change in each field. */
export function invalid(fields: FieldProblems, problem: Problem = FIELDS_INVALID): DomainError {
  return new DomainError("invalid", problem, { fields });
}

/** The request can't be understood. The problem says what is missing. */
export function badRequest(problem: Problem): DomainError {
  return new DomainError("bad_request", problem);
}

/** Nobody is signed in, or the credentials are wrong or expired. */
export function unauthenticated(problem: Problem = NOT_SIGNED_IN): DomainError {
  return new DomainError("unauthenticated", problem);
}

/** Nothing proves who sent the request, or when. */
export function unverified(problem: Problem): DomainError {
  return new DomainError("unverified", problem);
}

/** The actor is authenticated but lacks the permission. */
export function forbidden(problem: Problem = NOT_ALLOWED): DomainError {
  return new DomainError("forbidden", problem);
}

/** The actor has to prove again who they are, with the strongest method that they have. */
export function reauthenticationRequired(minutes: number): DomainError {
  return new DomainError("reauthentication_required", CONFIRM_ITS_YOU.with({ minutes }));
}

/** The actor has to add a second factor first. */
export function secondFactorRequired(problem: Problem): DomainError {
  return new DomainError("second_factor_required", problem);
}

/** The tenant is suspended. Its members have no access until it is resumed. */
export function suspended(): DomainError {
  return new DomainError("suspended", WORKSPACE_SUSPENDED);
}

/** The thing doesn't exist, or the actor may not know about it. */
export function notFound(problem: Problem): DomainError {
  return new DomainError("not_found", problem);
}

/** The change conflicts with the current state. After `retryAfter` seconds, the conflict has probably passed. */
export function conflict(problem: Problem, retryAfter?: number): DomainError {
  return new DomainError("conflict", problem, { retryAfter });
}

/** The thing has changed since the actor read it (`If-Match`, RFC 9110 section 13.1.1). */
export function preconditionFailed(problem: Problem): DomainError {
  return new DomainError("precondition_failed", problem);
}

/** The tenant has used up a limit of its plan. */
export function limitReached(problem: Problem, usage: Usage): DomainError {
  return new DomainError("limit_reached", problem, { usage });
}

/** The tenant's plan doesn't include this. The problem says which plan does. */
export function featureNotInPlan(problem: Problem): DomainError {
  return new DomainError("feature_not_in_plan", problem);
}

/** The request's body is over the limit. */
export function tooLarge(problem: Problem): DomainError {
  return new DomainError("too_large", problem);
}

/** The request's body is in a format that the route doesn't read (RFC 9110, section 15.5.16). */
export function unsupportedMediaType(problem: Problem): DomainError {
  return new DomainError("unsupported_media_type", problem);
}

/** The client has sent too many requests in a short time, and reached this limit. */
export function rateLimited(
  problem: Problem,
  retryAfter: number,
  limit: Pick<Quota, "policy" | "quota" | "window">,
): DomainError {
  const reached = { ...limit, remaining: 0, resetAfter: retryAfter };
  return new DomainError("rate_limited", problem, { retryAfter, reached });
}

/** A dependency of the product is unavailable right now. */
export function unavailable(problem: Problem, retryAfter = 5): DomainError {
  return new DomainError("unavailable", problem, { retryAfter });
}
