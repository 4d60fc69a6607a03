import { sql } from "drizzle-orm";
import { isRoleInUse } from "../../src/platform/database_errors.ts";
import type { Database } from "../connection/connect.ts";
import { retryBusy } from "../connection/retry.ts";
import { runScript } from "../connection/transaction.ts";
import { droppedRoles } from "../control/schema/installation.ts";
import { parseSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import { grantScript, type MigratorTx, readInstallation, withMigrator } from "./migrator.ts";

/** Dropping a table locks the table, its indexes, and its TOAST table, and the server's lock table is limited. */
const TABLES_DROPPED_AT_ONCE = 20;
/** Dropping a large object takes one lock. */
const LARGE_OBJECTS_DROPPED_AT_ONCE = 500;
const ROLES_DROPPED_AT_ONCE = 20;

/** A transaction that waits for a table also blocks later queries, so it gives up quickly and is retried. */
const LOCK_TIMEOUT_MILLISECONDS = 300;

/**
 * Drops a schema with its role, all objects that the role owns, and its row in the ledger. Works in transactions that fit into the
 * server's lock table. An interrupted run can be repeated. If another database on the server uses the role, the role stays until
 * `dropUnusedRoles` finds it unused.
 */
export async function dropSchema(db: Database, schema: SchemaName): Promise<void> {
  while (
    await retryBusy(() => withMigrator(db, (tx) => dropSomeTables(tx, schema)))
  ) { /* more tables remain */ }
  while (
    await retryBusy(() => withMigrator(db, (tx) => dropSomeLargeObjects(tx, schema)))
  ) { /* more large objects remain */ }
  await retryBusy(() => withMigrator(db, (tx) => dropRest(tx, schema)));
  await dropUnusedRoles(db);
}

/** Drops roles of dropped schemas that no database on the server uses any longer. */
export async function dropUnusedRoles(db: Database): Promise<void> {
  const unused = await db.control.select({ name: droppedRoles.name }).from(droppedRoles)
    .where(sql`not exists (select from pg_shdepend
      where refclassid = 'pg_authid'::regclass and refobjid = to_regrole(${droppedRoles.name}))`)
    .orderBy(droppedRoles.name).limit(ROLES_DROPPED_AT_ONCE);
  for (const { name } of unused) await retryBusy(() => dropRole(db, parseSchemaName(name)));
}

async function dropRole(db: Database, role: SchemaName): Promise<void> {
  const script = `delete from control.dropped_roles where name = '${role}'; drop role if exists ${role}`;
  try {
    await withMigrator(db, (tx) => runScript(tx, script));
  } catch (error) {
    if (!isRoleInUse(error)) throw error; // another database has just started to use it
  }
}

async function dropSomeTables(tx: MigratorTx, schema: SchemaName): Promise<boolean> {
  const tables = await tx.execute<{ name: string }>(sql`
    select quote_ident(relname) as name from pg_class where relnamespace = to_regnamespace(${schema})
      and relkind in ('r', 'p') and not relispartition order by relname limit ${TABLES_DROPPED_AT_ONCE}`);
  if (tables.length === 0) return false;
  const { ownerRole } = await readInstallation(tx);
  const names = tables.map(({ name }) => `${schema}.${name}`).join(", ");
  await runScript(
    tx,
    `
      set local lock_timeout = ${LOCK_TIMEOUT_MILLISECONDS};
      set local role ${ownerRole};
      drop table ${names} cascade;
      set local role none`,
  );
  return tables.length === TABLES_DROPPED_AT_ONCE;
}

/** On an unhardened server, a tenant's role may have created any number of large objects. */
async function dropSomeLargeObjects(tx: MigratorTx, schema: SchemaName): Promise<boolean> {
  const objects = await tx.execute(sql`
    select oid from pg_largeobject_metadata where lomowner = to_regrole(${schema})
    limit ${LARGE_OBJECTS_DROPPED_AT_ONCE}`);
  if (objects.length === 0) return false;
  await actAs(tx, schema, objects.map(({ oid }) => `select lo_unlink(${Number(oid)})`).join(";"));
  return objects.length === LARGE_OBJECTS_DROPPED_AT_ONCE;
}

async function dropRest(tx: MigratorTx, schema: SchemaName): Promise<void> {
  const { ownerRole } = await readInstallation(tx);
  await runScript(
    tx,
    `
      set local lock_timeout = ${LOCK_TIMEOUT_MILLISECONDS};
      set local role ${ownerRole};
      drop schema if exists ${schema} cascade;
      set local role none;
      insert into control.dropped_roles select rolname from pg_roles where rolname = '${schema}' on conflict do nothing;
      delete from control.tenant_schemas where name = '${schema}'`,
  );
  const [role] = await tx.execute<{ owns: boolean }>(sql`
    select exists (select from pg_shdepend where dbid = (select oid from pg_database where datname = current_database())
      and refclassid = 'pg_authid'::regclass and refobjid = to_regrole(${schema})) as owns`);
  if (role!.owns) await actAs(tx, schema, `drop owned by ${schema}`);
}

/** Runs a script as the tenant's role. Grants the role first, because the migration login may not be a member. */
async function actAs(tx: MigratorTx, role: SchemaName, script: string): Promise<void> {
  const { serverVersion } = await readInstallation(tx);
  const [session] = await tx.execute<{ migrator: string }>(sql`select session_user as migrator`);
  const grant = grantScript([role], session!.migrator, serverVersion);
  await runScript(tx, `${grant} set local role ${role}; ${script}; set local role none`);
}
