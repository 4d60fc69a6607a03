const UNIQUE_VIOLATION = "23505";
const UNDEFINED_TABLE = "42P01";
const DEPENDENT_OBJECTS = "2BP01";
const DATA_EXCEPTION = "22"; // the class of all
const UNDEFINED_OBJECT = "42704";
const INVALID_PARAMETER = "22023";
const INSUFFICIENT_PRIVILEGE = "42501";
const TIMEOUTS = new Set(["57014", "55P03"]); // query_canceled, lock_not_available

/** insufficient_resources, disk_full, out_of_memory, configuration_limit_exceeded, io_error; the system's for a full disk. */
const OUT_OF_ROOM = new Set(["53000", "53100", "53200", "53400", "58030", "ENOSPC", "EDQUOT"]);

const CONNECTION_EXCEPTION = "08"; // the class of all

/**
 * The driver's own codes, the system's, and Postgres' for shutting down, starting up, too many connections, and sessions that
 * were idle for too long.
 */
const CONNECTION_FAILURES = new Set([
  ...["CONNECT_TIMEOUT", "CONNECTION_CLOSED", "CONNECTION_DESTROYED", "CONNECTION_ENDED"],
  ...["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT"],
  ...["53300", "57P01", "57P02", "57P03", "57P05", "25P03"],
]);

/** Whether `error` says that a tenant's role or tables are not there: it was deleted, or its schema dropped by hand. */
export function isTenantGone(error: unknown): boolean {
  const cause = causeOf(error);
  if (!isPostgresError(cause)) return false;
  return cause.code === UNDEFINED_TABLE ||
    (cause.code === INVALID_PARAMETER && /role "tenant_\w+" does not exist/.test(String(cause.message)));
}

/** Whether `error` says that a role can't be dropped because something, here or in another database, depends on it. */
export function isRoleInUse(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === DEPENDENT_OBJECTS;
}

/** Whether `error` is a refusal by one of the product's own database functions, such as audit.append. */
export function isRefusedByFunction(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === INSUFFICIENT_PRIVILEGE &&
    cause.routine === "exec_stmt_raise";
}

/** Whether `error` says that a table is not there. */
export function isUndefinedTable(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === UNDEFINED_TABLE;
}

/** Whether `error` says that the login may not take on the role, or that its connection doesn't know yet that it may. */
export function isRoleRefused(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === INSUFFICIENT_PRIVILEGE &&
    cause.routine === "call_string_check_hook"; // of `set role`; the message is in the server's language
}

/** Whether `error` says that a role of this installation is not in the server. The message is in the server's language. */
export function isRoleMissing(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && (cause.code === INVALID_PARAMETER || cause.code === UNDEFINED_OBJECT) &&
    /\b(tenant|denizen_owner)_[a-z2-7]{10,26}\b/.test(String(cause.message));
}

/** Whether `error` says that the login may not do what it was asked. */
export function isInsufficientPrivilege(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === INSUFFICIENT_PRIVILEGE;
}

/** Whether `error` says that a statement took longer than it may, or waited too long for someone else's lock. */
export function isTimeout(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && TIMEOUTS.has(cause.code);
}

/** Whether `error` says that a value is none that Postgres can store, such as a text with a NUL: it never will be. */
export function isUnstorable(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code.startsWith(DATA_EXCEPTION);
}

/** Whether `error` is Postgres' refusal of a second row with the same key, by the constraint of this name. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && cause.code === UNIQUE_VIOLATION && cause.constraint_name === constraint;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause ? error.cause : error;
}

function isPostgresError(
  error: unknown,
): error is { code: string; message?: string; routine?: string; constraint_name?: string } {
  return typeof error === "object" && error !== null && "code" in error;
}

/** Whether `error` says that the database can't be reached, or was lost on the way: trying again later makes sense. */
export function isConnectionFailure(error: unknown): boolean {
  const cause = causeOf(error);
  if (!isPostgresError(cause)) return false;
  return CONNECTION_FAILURES.has(cause.code) || String(cause.code).startsWith(CONNECTION_EXCEPTION);
}

/** Whether `error` says that the database has no room for the change, such as a full disk. Nothing was changed. */
export function isOutOfRoom(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) && OUT_OF_ROOM.has(cause.code);
}
