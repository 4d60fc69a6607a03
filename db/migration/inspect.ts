import { sql } from "drizzle-orm";
import type { Database } from "../connection/connect.ts";
import { compareStream } from "../stream/inspect.ts";
import { withMigrator } from "./migrator.ts";
import { describeProblems, findRoleProblems, isInstalled } from "./roles.ts";
import { HARDENING, type Hardening } from "./server_setup.ts";

export type Finding = { check: string; status: "ok" | "warn" | "fail"; detail: string };

const OLDEST_VERSION = 150_000;
const NEWEST_VERSION = 190_000;

type Answers = { version: number; release: string; superuser: boolean; inherits: boolean };

/** Privileges of the login that creates the tenants' roles and schemas. */
type CreatorPrivileges = { create_role: boolean; create_schema: boolean };

/** Privileges that every role still has in this database, although a tenant's role must not have them. */
export async function findOpenPrivileges(db: Database): Promise<Hardening[]> {
  const checks = HARDENING.map(({ isOpen }, index) => `(${index}, ${isOpen})`).join(", ");
  const open = await db.control.execute<{ index: number }>(
    sql.raw(`select index from (values ${checks}) as checks (index, is_open) where is_open order by index`),
  );
  return open.map(({ index }) => HARDENING[index]!);
}

/**
 * Checks the server and its logins for problems with the isolation of tenants. Every role has the privileges of `PUBLIC`. The
 * migration login creates roles and schemas. It is the application's login if no other is configured.
 */
export async function inspectDatabase(
  db: Database,
  { mustBeHardened }: { mustBeHardened: boolean },
): Promise<Finding[]> {
  const open = await findOpenPrivileges(db);
  const problems = await findRoleProblems(db);
  const [answers] = await db.control.execute<Answers>(QUERY);
  const [privileges] = await withMigrator(db, (tx) => tx.execute<CreatorPrivileges>(CREATOR_QUERY));
  const { version, release, superuser, inherits } = answers!;
  const { create_role, create_schema } = privileges!;
  const creator = db.migratorPool === db.controlPool ? "" : "the migration login ";
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
      "INHERIT: SQL outside a tenant's transaction would see all tenants; ALTER ROLE … NOINHERIT",
    ),
    finding(
      "create role",
      create_role,
      "fail",
      `${creator}may create roles`,
      `${creator}may not create roles, so tenants can't be created; ALTER ROLE … CREATEROLE`,
    ),
    finding(
      "create schema",
      create_schema,
      "fail",
      `${creator}may create schemas`,
      `${creator}may not create schemas; GRANT CREATE ON DATABASE …`,
    ),
    finding(
      "roles",
      problems.length === 0,
      "fail",
      "all roles exist",
      describeProblems(problems),
    ),
    ...await inspectStream(db),
    ...HARDENING.map((hardening) =>
      finding(
        hardening.name,
        !open.includes(hardening),
        mustBeHardened ? "fail" : "warn",
        "revoked from PUBLIC",
        `open to PUBLIC, so a tenant's SQL can ${hardening.closes}: ${hardening.statement}`,
      )
    ),
  ];
}

async function inspectStream(db: Database): Promise<Finding[]> {
  const found = await withMigrator(db, async (tx) => await isInstalled(tx) ? await compareStream(tx) : null);
  if (!found) return [];
  const wrong = [
    ...found.missing.map((line) => `lacks ${line}`),
    ...found.unexpected.map((line) => `has ${line}`),
  ];
  return [
    finding("stream", wrong.length === 0, "fail", "each tenant sees only its own rows", wrong.join("; ")),
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
    case when current_setting('server_version_num')::int >= 160000 then false else role.rolinherit end as inherits
  from pg_roles role where role.rolname = session_user`;

const CREATOR_QUERY = sql`
  select rolcreaterole or rolsuper as create_role,
    has_database_privilege(current_database(), 'CREATE') as create_schema
  from pg_roles where rolname = session_user`;
