/** The roles that a database names in its owners, privileges and policies. A dump doesn't contain them. */
import type postgres from "postgres";
import { quoteName } from "../migration/migrator.ts";
import type { Membership, PostgresManifest, Role } from "./backup_file.ts";

/** The only role of the server itself that a backup grants again. The backup's login has it. */
const READER = "pg_read_all_data";
const FIRST_VERSION_WITH_GRANT_OPTIONS = 160_000;

/** Reads the roles of this database's objects, and their memberships, without superusers. */
export async function readRoles(
  tx: postgres.TransactionSql,
): Promise<Pick<PostgresManifest, "roles" | "memberships">> {
  const roles = await tx<Role[]>`
    select rolname as name, rolcanlogin as login, rolinherit as inherit, rolcreaterole as "createRole",
        rolbypassrls as "bypassRls"
      from pg_roles where not rolsuper and rolname !~ '^pg_' and (
        oid in (select refobjid from pg_shdepend d join pg_database on datname = current_database()
          where refclassid = 'pg_authid'::regclass and (dbid = pg_database.oid
            or dbid = 0 and classid = 'pg_database'::regclass and objid = pg_database.oid))
        or rolname in (select owner_role from control.installation union select login from control.installation
          union select name from control.tenant_schemas union select name from control.ready_roles))
      order by name`;
  const names = roles.map(({ name }) => name);
  const memberships = await tx<Membership[]>`
    select role.rolname as role, member.rolname as member, bool_or(m.admin_option) as admin,
        bool_or(coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, member.rolinherit)) as inherit,
        bool_or(coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)) as set
      from pg_auth_members m join pg_roles role on role.oid = m.roleid join pg_roles member on member.oid = m.member
      where member.rolname = any(${names}) and (role.rolname = any(${names}) or role.rolname = ${READER})
      group by 1, 2 order by 1, 2`;
  return { roles: [...roles], memberships: [...memberships] };
}

/**
 * The SQL that creates the roles in `missing`, and grants every membership, or with `keepsOthers` only those of the created roles. Can
 * be repeated.
 */
export function rolesScript(
  manifest: PostgresManifest,
  missing: string[],
  serverVersion: number,
  { keepsOthers = false } = {},
): string {
  const created = manifest.roles.filter(({ name }) => missing.includes(name));
  const isMeant = ({ role, member }: Membership) =>
    !keepsOthers || missing.includes(role) || missing.includes(member);
  const grants = serverVersion >= FIRST_VERSION_WITH_GRANT_OPTIONS
    ? withAdmins(manifest).filter(isMeant).map(grantWithOptions)
    : manifest.memberships.filter(isMeant).map(grant);
  return [...created.map(createRole), ...grants].join("\n");
}

function createRole({ name, login, inherit, createRole, bypassRls }: Role): string {
  const attributes = [
    login ? "LOGIN" : "NOLOGIN",
    inherit ? "INHERIT" : "NOINHERIT",
    ...(createRole ? ["CREATEROLE"] : []),
    ...(bypassRls ? ["BYPASSRLS"] : []),
  ];
  return `CREATE ROLE ${quoteName(name)} ${attributes.join(" ")};`;
}

function grant({ role, member, admin }: Membership): string {
  return `GRANT ${quoteName(role)} TO ${quoteName(member)}${admin ? " WITH ADMIN OPTION" : ""};`;
}

function grantWithOptions({ role, member, admin, inherit, set }: Membership): string {
  const option = (name: string, value: boolean) => `${name} ${value ? "TRUE" : "FALSE"}`;
  const options = [option("ADMIN", admin), option("INHERIT", inherit), option("SET", set)].join(", ");
  return `GRANT ${quoteName(role)} TO ${quoteName(member)} WITH ${options};`;
}

/** Before PostgreSQL 16, CREATEROLE was enough to grant and drop a role. Since then, the login needs the admin option. */
function withAdmins({ serverVersion, databaseOwner, roles, memberships }: PostgresManifest): Membership[] {
  if (serverVersion >= FIRST_VERSION_WITH_GRANT_OPTIONS) return memberships;
  const isOwners = ({ role, member }: Membership) => member === databaseOwner && role !== READER;
  const owned = roles.filter(({ login }) => !login).map(({ name }) => ({
    role: name,
    member: databaseOwner,
    admin: true,
    inherit: false,
    set: memberships.some(({ role, member }) => role === name && member === databaseOwner),
  }));
  return [...memberships.filter((each) => !isOwners(each)), ...owned];
}
