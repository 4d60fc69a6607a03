const UNIQUE_VIOLATION = "23505";

/** The driver's own codes, the system's, and Postgres' for shutting down, starting up and too many connections. */
const CONNECTION_FAILURES = new Set([
  ...["CONNECT_TIMEOUT", "CONNECTION_CLOSED", "CONNECTION_DESTROYED", "CONNECTION_ENDED"],
  ...["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT"],
  ...["53300", "57P01", "57P02", "57P03"],
]);

/** Whether `error` is Postgres' refusal of a second row with the same key, by the constraint of this name. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return isPostgresError(cause) && cause.code === UNIQUE_VIOLATION && cause.constraint_name === constraint;
}

function isPostgresError(error: unknown): error is { code: string; constraint_name?: string } {
  return typeof error === "object" && error !== null && "code" in error;
}

/** Whether `error` says that the database can't be reached, or was lost on the way: trying again later makes sense. */
export function isConnectionFailure(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return isPostgresError(cause) && CONNECTION_FAILURES.has(cause.code);
}
