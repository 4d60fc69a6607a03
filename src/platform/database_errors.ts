const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";
const UNDEFINED_TABLE = "42P01";
const DEPENDENT_OBJECTS = "2BP01";
const DATA_EXCEPTION_CLASS = "22";
const DATE_OUT_OF_RANGE = "22008";
const UNDEFINED_OBJECT = "42704";
const INVALID_PARAMETER = "22023";
const INSUFFICIENT_PRIVILEGE = "42501";
const TIMEOUTS = new Set(["57014", "55P03"]); // query_canceled, lock_not_available

/**
 * insufficient_resources, disk_full, out_of_memory, configuration_limit_exceeded, io_error, and the operating system's codes for a
 * full disk.
 */
const OUT_OF_ROOM = new Set(["53000", "53100", "53200", "53400", "58030", "ENOSPC", "EDQUOT"]);

const CONNECTION_EXCEPTION_CLASS = "08";

/**
 * Codes of the driver, codes of the operating system, and codes of Postgres for a shutdown, a startup, too many connections, and
 * idle sessions that timed out.
 */
const CONNECTION_FAILURES = new Set([
  ...["CONNECT_TIMEOUT", "CONNECTION_CLOSED", "CONNECTION_DESTROYED", "CONNECTION_ENDED"],
  ...["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT"],
  ...["53300", "57P01", "57P02", "57P03", "57P05", "25P03"],
]);

/**
 * Whether `error` says that a tenant's role or tables don't exist. The tenant was deleted, or someone dropped its
 * schema by hand.
 */
export function isTenantGone(error: unknown): boolean {
  const cause = causeOf(error);
  if (!isPostgresError(cause)) return false;
  return cause.code === UNDEFINED_TABLE ||
    (cause.code === INVALID_PARAMETER && /role "tenant_\w+" does not exist/.test(String(cause.message)));
}

/** Whether `error` says that a role can't be dropped because objects in this or another database depend on it. */
export function isRoleInUse(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === DEPENDENT_OBJECTS;
}

/** Whether one of the product's database functions, such as audit.append, raised `error` to refuse the call. */
export function isRefusedByFunction(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === INSUFFICIENT_PRIVILEGE &&
    cause.routine === "exec_stmt_raise";
}

/** Whether `error` says that a table doesn't exist. */
export function isUndefinedTable(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === UNDEFINED_TABLE;
}

/** Whether `error` says that the login may not set the role, or that its connection hasn't seen the grant yet. */
export function isRoleRefused(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === INSUFFICIENT_PRIVILEGE &&
    cause.routine === "call_string_check_hook"; // raised by `set role`; the message depends on the server's language
}

/**
 * Whether `error` says that a role of this installation doesn't exist. Matches only the role's name, because messages
 * are localized.
 */
export function isRoleMissing(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && (cause.code === INVALID_PARAMETER || cause.code === UNDEFINED_OBJECT) &&
    /\b(tenant|denizen_owner)_[a-z2-7]{10,26}\b/.test(String(cause.message));
}

/** Whether `error` says that the login lacks a privilege. */
export function isInsufficientPrivilege(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === INSUFFICIENT_PRIVILEGE;
}

/** Whether `error` says that a statement took too long, or waited too long for a lock. */
export function isTimeout(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && TIMEOUTS.has(cause.code);
}

/** Whether `error` says that Postgres can't store a value, such as text with a NUL. A retry can't help. */
export function isUnstorable(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code.startsWith(DATA_EXCEPTION_CLASS);
}

/** Whether `error` says that a date or a time is one that Postgres doesn't have, such as one in year 0. */
export function isDateOutOfRange(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === DATE_OUT_OF_RANGE;
}

/** Whether `error` says that a row violates the unique constraint of this name. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === UNIQUE_VIOLATION && cause.constraint_name === constraint;
}

/** Whether `error` says that other rows still refer to a row, or that a row refers to one that is gone. */
export function isForeignKeyViolation(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === FOREIGN_KEY_VIOLATION;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause ? error.cause : error;
}

function isPostgresError(
  error: unknown,
): error is { code: string; message?: string; routine?: string; constraint_name?: string } {
  return typeof error === "object" && error !== null && "code" in error;
}

/** Whether `error` says that the database is unreachable, or that the connection was lost. A later retry makes sense. */
export function isConnectionFailure(error: unknown): boolean {
  const cause = causeOf(error);
  if (!isPostgresError(cause)) return false;
  return CONNECTION_FAILURES.has(cause.code) || String(cause.code).startsWith(CONNECTION_EXCEPTION_CLASS);
}

/** Whether `error` says that the database has no room for the change, for example on a full disk. The change was rolled back. */
export function isOutOfRoom(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && OUT_OF_ROOM.has(cause.code);
}
