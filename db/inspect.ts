import { sql } from "drizzle-orm";
import type { Database } from "./connect.ts";
import { withMigrator } from "./migrator.ts";

export type Finding = { check: string; status: "ok" | "warn" | "fail"; detail: string };

const OLDEST_VERSION = 150_000;
const NEWEST_VERSION = 190_000;

type Answers = {
  version: number;
  release: string;
  superuser: boolean;
  inherits: boolean;
  set_config: boolean;
  pg_settings: boolean;
  temporary: boolean;
  public_create: boolean;
};

/** What the login that makes the tenants' roles and schemas may do. */
type MakersRights = { create_role: boolean; create_schema: boolean };

/** Whether privileges that a tenant's role must not have are still open to every role: see HARDENING. */
export async function findOpenPrivileges(db: Database): Promise<boolean> {
  const [answers] = await db.control.execute<Answers>(QUERY);
  const { set_config, pg_settings, temporary, public_create } = answers!;
  return set_config || pg_settings || temporary || public_create;
}

/**
 * What the database's server and logins mean for the tenants' isolation. `PUBLIC` privileges are those of every role.
 * Roles and schemas are made by the migrating login, which is the application's where no other is configured.
 */
export async function inspectDatabase(db: Database): Promise<Finding[]> {
  const [answers] = await db.control.execute<Answers>(QUERY);
  const [rights] = await withMigrator(db, (tx) => tx.execute<MakersRights>(MAKERS_QUERY));
  const {
    version,
    release,
    superuser,
    inherits,
    set_config,
    pg_settings,
    temporary,
    public_create,
  } = answers!;
  const { create_role, create_schema } = rights!;
  const maker = db.migratorPool === db.controlPool ? "" : "the login for migrations ";
  return [
    finding(
      "version",
      version >= OLDEST_VERSION && version < NEWEST_VERSION,
      "warn",
      `PostgreSQL ${release}`,
      `PostgreSQL ${release}; 15 to 18 are tested`,
    ),
    finding(
      "login",
      !superuser,
      "warn",
      "not a superuser",
      "a superuser: SQL outside a tenant's transaction would see all tenants",
    ),
    finding(
      "inherit",
      !inherits || superuser,
      "warn",
      "NOINHERIT",
      "INHERIT: without a role set it would see tenants; ALTER ROLE … NOINHERIT",
    ),
    finding(
      "create role",
      create_role,
      "fail",
      `${maker}may create roles`,
      `${maker}may not create roles, so no tenant can be made; ALTER ROLE … CREATEROLE`,
    ),
    finding(
      "create schema",
      create_schema,
      "fail",
      `${maker}may create schemas`,
      `${maker}may not create schemas; GRANT CREATE ON DATABASE …`,
    ),
    finding(
      "set_config",
      !set_config,
      "warn",
      "not for tenants' roles",
      "open to PUBLIC: REVOKE EXECUTE ON FUNCTION set_config FROM PUBLIC",
    ),
    finding(
      "pg_settings",
      !pg_settings,
      "warn",
      "not for tenants' roles",
      "open to PUBLIC: REVOKE UPDATE ON pg_settings FROM PUBLIC",
    ),
    finding(
      "temporary tables",
      !temporary,
      "warn",
      "not for tenants' roles",
      "open to PUBLIC: REVOKE TEMPORARY ON DATABASE … FROM PUBLIC",
    ),
    finding(
      "schema public",
      !public_create,
      "warn",
      "not for tenants' roles",
      "open to PUBLIC: REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    ),
  ];
}

function finding(
  check: string,
  good: boolean,
  otherwise: "warn" | "fail",
  goodDetail: string,
  badDetail: string,
): Finding {
  return {
    check: `database: ${check}`,
    status: good ? "ok" : otherwise,
    detail: good ? goodDetail : badDetail,
  };
}

const QUERY = sql`
  select current_setting('server_version_num')::int as version, current_setting('server_version') as release,
    role.rolsuper as superuser,
    case when current_setting('server_version_num')::int >= 160000 then false else role.rolinherit end as inherits,
    exists (select from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) acl
      where proname = 'set_config' and acl.grantee = 0) as set_config,
    exists (select from pg_class, aclexplode(relacl) acl
      where oid = 'pg_catalog.pg_settings'::regclass and acl.grantee = 0 and acl.privilege_type = 'UPDATE') as pg_settings,
    exists (select from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) acl
      where datname = current_database() and acl.grantee = 0 and acl.privilege_type = 'TEMPORARY') as temporary,
    exists (select from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) acl
      where nspname = 'public' and acl.grantee = 0 and acl.privilege_type = 'CREATE') as public_create
  from pg_roles role where role.rolname = session_user`;

const MAKERS_QUERY = sql`
  select rolcreaterole or rolsuper as create_role,
    has_database_privilege(current_database(), 'CREATE') as create_schema
  from pg_roles where rolname = session_user`;
