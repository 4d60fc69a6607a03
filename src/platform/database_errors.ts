const UNIQUE_VIOLATION = "23505";

/** Whether `error` is Postgres' refusal of a second row with the same key, by the constraint of this name. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return isPostgresError(cause) && cause.code === UNIQUE_VIOLATION && cause.constraint_name === constraint;
}

function isPostgresError(error: unknown): error is { code: string; constraint_name?: string } {
  return typeof error === "object" && error !== null && "code" in error;
}
