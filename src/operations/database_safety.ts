import type { Database } from "../../db/connection/connect.ts";
import { findOpenPrivileges } from "../../db/migration/inspect.ts";
import { describeProblems, findRoleProblems } from "../../db/migration/roles.ts";
import type { Config } from "../config.ts";
import { logOf } from "../platform/log.ts";

const log = logOf("services");

/** Whether this configuration requires a database whose privileges confine each tenant to its schema. */
export function mustBeHardened({ environment, allowUnhardenedDatabase }: Config): boolean {
  return environment === "production" && !allowUnhardenedDatabase;
}

/**
 * Throws in production if SQL in a tenant's transaction could reach another tenant, for example an injected SELECT. Otherwise
 * logs a warning.
 */
export async function requireHardenedDatabase(db: Database, config: Config): Promise<void> {
  const open = (await findOpenPrivileges(db)).map(({ name }) => name);
  if (open.length === 0) return;
  const advice =
    'As a superuser, run the SQL that "deno task admin db hardening" prints (docs/admin/database.md)';
  if (mustBeHardened(config)) {
    throw new Error(
      `The database is not hardened: ${open.join(", ")}. ${advice}, or set ALLOW_UNHARDENED_DATABASE=1.`,
    );
  }
  log.warn("the database is not hardened", { open, advice });
}

/** Logs tenants whose role is missing. They can't be served, but the others can, so the start goes on. */
export async function reportRoleProblems(db: Database): Promise<void> {
  const problems = await findRoleProblems(db);
  if (problems.length === 0) return;
  log.error("database roles are missing: {summary}", {
    summary: describeProblems(problems),
    roles: problems.length,
  });
}
