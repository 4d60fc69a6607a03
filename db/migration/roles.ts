/**
 * Checks the roles that this installation needs on the server. A dump doesn't contain them, and an administrator may
 * drop them by hand.
 */
import { sql } from "drizzle-orm";
import type { Database } from "../connection/connect.ts";
import { type MigratorTx, withMigrator } from "./migrator.ts";

export type RoleProblem = {
  role: string;
  problem: "missing" | "not granted to the login" | "without rights on its schema";
};

const MAX_LISTED_PROBLEMS = 3;

/**
 * Problems that prevent the application's login from acting as its tenants or creating new ones. Empty before the first
 * migration.
 */
export async function findRoleProblems(db: Database): Promise<RoleProblem[]> {
  const login = await loginOf(db);
  return await withMigrator(db, (tx) => findProblems(tx, login));
}

/** The login that acts as the tenants: the one in DATABASE_URL, or, if that is a superuser, the login of the last migration. */
export async function loginOf(db: Database): Promise<string | undefined> {
  const [session] = await db.control.execute<{ name: string; superuser: boolean }>(
    sql`select rolname as name, rolsuper as superuser from pg_roles where rolname = session_user`,
  );
  if (!session!.superuser) return session!.name;
  return await withMigrator(db, async (tx) => {
    if (!await isInstalled(tx)) return undefined;
    const [row] = await tx.execute<{ login: string }>(sql`select login from control.installation`);
    return row?.login;
  });
}

export async function findProblems(tx: MigratorTx, login: string | undefined): Promise<RoleProblem[]> {
  if (!await isInstalled(tx)) return [];
  // Before PostgreSQL 16, which added `set_option`, every member may set the role.
  const rows = await tx.execute<RoleProblem>(sql`
    with members as (
      select roleid, member from pg_auth_members m where to_jsonb(m) ->> 'set_option' is distinct from 'false'),
    expected as (
      select owner_role as name, null::text as schema, null::text as login from control.installation
      union all select name, name, ${login ?? null}::text from control.tenant_schemas
      union all select name, null, ${login ?? null} from control.ready_roles)
    select expected.name as role, case
        when role.oid is null then 'missing'
        when login.rolsuper is not true and not exists (select from members
          where roleid = role.oid and (expected.login is null or member = login.oid)) then 'not granted to the login'
        else 'without rights on its schema' end as problem
      from expected
      left join pg_namespace space on space.nspname = expected.schema
      left join pg_roles role on role.rolname = expected.name
      left join pg_roles login on login.rolname = expected.login
      left join pg_roles owner on owner.rolname = (select owner_role from control.installation)
      where (expected.schema is null or space.oid is not null) and (
        role.oid is null
        or (login.rolsuper is not true and not exists (select from members
          where roleid = role.oid and (expected.login is null or member = login.oid)))
        or (space.oid is not null
          and (space.nspowner is distinct from owner.oid or not has_schema_privilege(role.oid, space.oid, 'usage'))))
      order by expected.schema is not null, expected.name`);
  return [...rows];
}

/** Returns false before the first migration. */
export async function isInstalled(tx: MigratorTx): Promise<boolean> {
  const [row] = await tx.execute<{ installed: boolean }>(sql`
    select exists (select from pg_tables where schemaname = 'control' and tablename = 'ready_roles') as installed`);
  return row!.installed;
}

/** Describes the first problems in one sentence, for logs and the CLI. */
export function describeProblems(problems: RoleProblem[]): string {
  const first = problems.slice(0, MAX_LISTED_PROBLEMS).map(({ role, problem }) => `${role} is ${problem}`);
  const more = problems.length > MAX_LISTED_PROBLEMS
    ? `, and ${problems.length - MAX_LISTED_PROBLEMS} more`
    : "";
  return `${first.join(", ")}${more}. Run: denizen db repair`;
}
