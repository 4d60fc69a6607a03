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
  | "suspended"
  | "not_found"
  | "conflict"
  | "precondition_failed"
  | "limit_reached"
  | "too_large"
  | "unavailable";

export type FieldErrors = Record<string, string>;

/** A plan's limit, and how much of it is used. */
export type Usage = { limit: number; used: number };

export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly fields: FieldErrors;
  /** For `unavailable`: seconds until a retry makes sense. */
  readonly retryAfter: number | undefined;
  /** For `limit_reached`: the plan's limit, and how much of it is used. */
  readonly usage: Usage | undefined;

  constructor(
    kind: ErrorKind,
    message: string,
    options: { fields?: FieldErrors; retryAfter?: number; usage?: Usage } = {},
  ) {
    super(message);
    this.name = "DomainError";
    this.kind = kind;
    this.fields = options.fields ?? {};
    this.retryAfter = options.retryAfter;
    this.usage = options.usage;
  }
}

/** The input is invalid. `fields` says what to change in each field. */
export function invalid(fields: FieldErrors, message = "Some fields need another value."): DomainError {
  return new DomainError("invalid", message, { fields });
}

/** The request can't be understood. The message says what is missing. */
export function badRequest(message: string): DomainError {
  return new DomainError("bad_request", message);
}

/** Nobody is signed in, or the credentials are wrong or expired. */
export function unauthenticated(message = "Sign in to continue."): DomainError {
  return new DomainError("unauthenticated", message);
}

/** Nothing proves who sent the request, or when. */
export function unverified(message: string): DomainError {
  return new DomainError("unverified", message);
}

/** The actor is authenticated but lacks the permission. */
export function forbidden(message = "Your role does not allow this."): DomainError {
  return new DomainError("forbidden", message);
}

/** The tenant is suspended. Its members have no access until it is resumed. */
export function suspended(): DomainError {
  return new DomainError("suspended", "This workspace is suspended. Ask its owner why.");
}

/** The thing doesn't exist, or the actor may not know about it. */
export function notFound(what: string): DomainError {
  return new DomainError("not_found", `${what} was not found.`);
}

/** The change conflicts with the current state. */
export function conflict(message: string): DomainError {
  return new DomainError("conflict", message);
}

/** The thing has changed since the actor read it (`If-Match`, RFC 9110 section 13.1.1). */
export function preconditionFailed(message: string): DomainError {
  return new DomainError("precondition_failed", message);
}

/** The tenant has used up a limit of its plan. */
export function limitReached(message: string, usage: Usage): DomainError {
  return new DomainError("limit_reached", message, { usage });
}

/** The request's body is over the limit. */
export function tooLarge(message: string): DomainError {
  return new DomainError("too_large", message);
}

/** A dependency of the product is unavailable right now. */
export function unavailable(message: string, retryAfter = 5): DomainError {
  return new DomainError("unavailable", message, { retryAfter });
}
