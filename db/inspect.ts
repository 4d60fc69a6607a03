import { sql } from "drizzle-orm";
import type { Database } from "./connect.ts";

export type Finding = { check: string; status: "ok" | "warn" | "fail"; detail: string };

const OLDEST_VERSION = 150_000;
const NEWEST_VERSION = 190_000;

type Answers = {
  version: number;
  release: string;
  superuser: boolean;
  inherits: boolean;
  create_role: boolean;
  may_create: boolean;
  set_config: boolean;
  pg_settings: boolean;
  temporary: boolean;
  public_create: boolean;
};

/** Whether privileges that a tenant's role must not have are still open to every role: see HARDENING. */
export async function findOpenPrivileges(db: Database): Promise<boolean> {
  const [answers] = await db.control.execute<Answers>(QUERY);
  const { set_config, pg_settings, temporary, public_create } = answers!;
  return set_config || pg_settings || temporary || public_create;
}

/** What the database's server and login mean for the tenants' isolation. `PUBLIC` privileges are those of every role. */
export async function inspectDatabase(db: Database): Promise<Finding[]> {
  const [answers] = await db.control.execute<Answers>(QUERY);
  const {
    version,
    release,
    superuser,
    inherits,
    create_role,
    may_create,
    set_config,
    pg_settings,
    temporary,
  } = answers!;
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
      create_role || superuser,
      "fail",
      "may create roles",
      "may not create roles, so no tenant can be made; ALTER ROLE … CREATEROLE",
    ),
    finding(
      "create schema",
      may_create,
      "fail",
      "may create schemas",
      "may not create schemas; GRANT CREATE ON DATABASE …",
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
    role.rolsuper as superuser, role.rolcreaterole as create_role,
    case when current_setting('server_version_num')::int >= 160000 then false else role.rolinherit end as inherits,
    has_database_privilege(current_user, current_database(), 'CREATE') as may_create,
    exists (select from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) acl
      where proname = 'set_config' and acl.grantee = 0) as set_config,
    exists (select from pg_class, aclexplode(relacl) acl
      where oid = 'pg_catalog.pg_settings'::regclass and acl.grantee = 0 and acl.privilege_type = 'UPDATE') as pg_settings,
    exists (select from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) acl
      where datname = current_database() and acl.grantee = 0 and acl.privilege_type = 'TEMPORARY') as temporary,
    exists (select from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) acl
      where nspname = 'public' and acl.grantee = 0 and acl.privilege_type = 'CREATE') as public_create
  from pg_roles role where role.rolname = session_user`;
