/** Recreates missing roles with their objects and privileges, for example after a dump was restored on another server. */
import { sql } from "drizzle-orm";
import { conflict } from "../../src/errors.ts";
import { isInsufficientPrivilege } from "../../src/platform/database_errors.ts";
import { problem } from "../../src/platform/problem.ts";
import type { Database } from "../connection/connect.ts";
import { runScript } from "../connection/transaction.ts";
import { tenantSchemas } from "../control/schema/installation.ts";
import { hasStreamWriter, streamWriterScript } from "../stream/writer.ts";
import { parseOwnerRole, parseSchemaName } from "../tenant/schema_name.ts";
import { auditWriterScript, hasAuditWriter } from "./audit_writer.ts";
import { grantScript, type MigratorTx, quoteName, readInstallation, withMigrator } from "./migrator.ts";
import { expectedPrivileges, readPrivileges, repairScript } from "./privileges.ts";
import { findProblems, isInstalled, loginOf, type RoleProblem } from "./roles.ts";

const LOGIN_TOO_WEAK = problem(
  "login_too_weak",
  "This login may not repair the roles. Run it once with a superuser's address in MIGRATION_DATABASE_URL.",
);
const LOGIN_MISSING = problem(
  "login_missing",
  'The login "{login}" does not exist. Create it as the README shows, and run this command again.',
);

/** The SQL of one transaction, for the server's roles or for one schema. */
export type Repair = { target: string; sql: string };

const ROLES_GRANTED_AT_ONCE = 500;
const FIRST_VERSION_WITH_ADMIN_PER_ROLE = 160_000;

/**
 * Creates missing roles, and restores the owners and privileges that the migrations define. Can be repeated. Throws
 * `conflict` if the repair requires a superuser. With `dryRun`, changes nothing. Returns the repairs.
 */
export async function repairRoles(db: Database, { dryRun }: { dryRun: boolean }): Promise<Repair[]> {
  try {
    const login = await loginOf(db);
    const roles = await withMigrator(db, (tx) => planRoles(tx, login));
    const plan = [
      ...(roles ? [{ target: "roles", sql: roles }] : []),
      ...await planSchemas(db, roles),
      ...await withMigrator(db, (tx) => planWriters(tx, login)),
    ];
    if (!dryRun) await apply(db, plan);
    return plan;
  } catch (error) {
    if (!isInsufficientPrivilege(error)) throw error;
    throw conflict(LOGIN_TOO_WEAK);
  }
}

async function planRoles(tx: MigratorTx, login: string | undefined): Promise<string> {
  const problems = await findProblems(tx, login);
  const lost = (problem: RoleProblem["problem"]) =>
    problems.filter((each) => each.problem === problem).map(({ role }) => parseRole(role));
  const missing = lost("missing");
  const toGrant = [...missing, ...lost("not granted to the login")];
  if (toGrant.length === 0) return "";
  const { ownerRole, serverVersion } = await readInstallation(tx);
  const { session, maker } = await readMakers(tx, login);
  await requireRole(tx, login);
  const statements = missing.map((role) => `create role ${role} nologin;`);
  if (toGrant.includes(ownerRole)) statements.push(grantScript([ownerRole], maker, serverVersion));
  const tenants = toGrant.filter((role) => role !== ownerRole);
  for (let start = 0; start < tenants.length; start += ROLES_GRANTED_AT_ONCE) {
    statements.push(grantScript(tenants.slice(start, start + ROLES_GRANTED_AT_ONCE), login!, serverVersion));
  }
  if (serverVersion >= FIRST_VERSION_WITH_ADMIN_PER_ROLE && session !== maker) {
    statements.push(...adminScript(missing, maker, (role) => role === ownerRole || maker === login));
  }
  return statements.join("\n");
}

/**
 * Since PostgreSQL 16, granting or dropping a role requires the admin option. `maker` lacks it, because another login
 * created the roles.
 */
function adminScript(roles: string[], maker: string, maySet: (role: string) => boolean): string[] {
  return roles.map((role) =>
    `grant ${role} to ${quoteName(maker)} with admin true, inherit false, set ${maySet(role)};`
  );
}

/**
 * `maker` is the login that creates roles from now on: the owner of `control`, or the application's login if the owner
 * is a superuser.
 */
async function readMakers(
  tx: MigratorTx,
  login: string | undefined,
): Promise<{ session: string; maker: string }> {
  const [row] = await tx.execute<{ session: string; owner: string; superuser: boolean }>(sql`
    select session_user as session, rolname as owner, rolsuper as superuser from pg_class
      join pg_roles on pg_roles.oid = relowner where pg_class.oid = to_regclass('control.installation')`);
  const { session, owner, superuser } = row!;
  return { session, maker: superuser ? login! : owner };
}

async function requireRole(tx: MigratorTx, login: string | undefined): Promise<void> {
  const [row] = await tx.execute<{ exists: boolean }>(
    sql`select exists (select from pg_roles where rolname = ${login ?? ""})`,
  );
  if (row!.exists) return;
  throw conflict(LOGIN_MISSING.with({ login: String(login) }));
}

/** The repairs of each schema, assuming that the script `roles` has run. */
async function planSchemas(db: Database, roles: string): Promise<Repair[]> {
  const rows = await withMigrator(db, (tx) =>
    tx.select({ name: tenantSchemas.name }).from(tenantSchemas)
      .where(sql`to_regnamespace(name) is not null`).orderBy(tenantSchemas.name));
  if (rows.length === 0) return [];
  const expected = await expectedPrivileges(db, roles);
  const { ownerRole } = await withMigrator(db, readInstallation);
  const repairs: Repair[] = [];
  for (const { name } of rows) {
    const schema = parseSchemaName(name);
    const found = await withMigrator(db, (tx) => readPrivileges(tx, schema));
    const statements = repairScript(schema, ownerRole, expected, found);
    if (statements.length > 0) repairs.push({ target: schema, sql: `${statements.join(";\n")};` });
  }
  return repairs;
}

/** Recreates the functions that write to the audit logs and to `stream` as the owner of the tables. */
async function planWriters(tx: MigratorTx, login: string | undefined): Promise<Repair[]> {
  if (!login || !await isInstalled(tx)) return [];
  const repairs: Repair[] = [];
  if (!await hasAuditWriter(tx)) {
    repairs.push({ target: "audit log", sql: await auditWriterScript(tx) });
  }
  if (!await hasStreamWriter(tx, login)) {
    repairs.push({ target: "stream", sql: await streamWriterScript(tx, login) });
  }
  return repairs;
}

/** Runs the first two repairs in one transaction, so that a login that may create roles but not change owners changes nothing. */
async function apply(db: Database, plan: Repair[]): Promise<void> {
  const first = plan.slice(0, 2).map(({ sql }) => sql).join("\n");
  for (const script of [first, ...plan.slice(2).map(({ sql }) => sql)]) {
    if (script) await withMigrator(db, (tx) => runScript(tx, script));
  }
}

function parseRole(name: string): string {
  return name.startsWith("tenant_") ? parseSchemaName(name) : parseOwnerRole(name);
}
