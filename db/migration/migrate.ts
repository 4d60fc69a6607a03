import { asc, sql } from "drizzle-orm";
import { isInsufficientPrivilege } from "../../src/platform/database_errors.ts";
import type { Database } from "../connection/connect.ts";
import { retryOvertaken } from "../connection/retry.ts";
import { runScript } from "../connection/transaction.ts";
import {
  controlMigrations,
  installation,
  readyRoles,
  tenantSchemas,
} from "../control/schema/installation.ts";
import { createStreamWriter, hasStreamWriter } from "../stream/writer.ts";
import { newOwnerRole } from "../tenant/schema_name.ts";
import { createAuditWriter, hasAuditWriter } from "./audit_writer.ts";
import { findBehind } from "./behind.ts";
import { type FleetOptions, type FleetReport, migrateFleet } from "./fleet.ts";
import { findOpenPrivileges } from "./inspect.ts";
import { type Migration, readMigrations } from "./migrations.ts";
import { grantScript, type MigratorTx, quoteName, readInstallation, withMigrator } from "./migrator.ts";

/** A transaction that waits for a table also blocks later queries, so it gives up quickly and is retried. */
const LOCK_TIMEOUT_MILLISECONDS = 1_000;

const ROLES_GRANTED_AT_ONCE = 500;

export type MigrationReport = { control: string[]; fleet: FleetReport };

/**
 * Migrates schema `control` and then every tenant schema to the newest version. Can be interrupted and restarted at any
 * time, even by several processes at once. Throws without any change if the database is newer than this code, or if an
 * applied migration was changed. A failure affects only its own tenant. The report lists the failures.
 */
export async function migrate(db: Database, options: FleetOptions = {}): Promise<MigrationReport> {
  const control = await migrateControl(db);
  return { control, fleet: await migrateFleet(db, options) };
}

/** Migrates schema `control` to the newest version. Returns the versions that it applied. */
export async function migrateControl(db: Database): Promise<string[]> {
  const migrations = await readMigrations("control");
  const [session] = await db.control.execute<{ login: string }>(sql`select session_user as login`);
  await harden(db);
  if (await isCurrent(db, migrations, session!.login)) return [];
  await findBehind(db, await readMigrations("tenant")); // throws if the tenants' schemas don't fit this code
  const applied = await retryOvertaken(() =>
    withMigrator(db, async (tx) => {
      await lock(tx);
      await runScript(tx, `set local lock_timeout = ${LOCK_TIMEOUT_MILLISECONDS}`);
      const pending = findPending(migrations, await appliedMigrations(tx));
      for (const { sql: script, version, checksum } of pending) {
        await runScript(tx, script);
        await tx.insert(controlMigrations).values({ version, checksum });
      }
      await prepareInstallation(tx, session!.login);
      return pending.map(({ version }) => version);
    }, { use: "migration" })
  );
  await grantSchemas(db, session!.login);
  return applied;
}

/** The migrations of schema `control`, and whether each is applied. None is applied in a new database. */
export async function controlStatus(db: Database): Promise<{ version: string; applied: boolean }[]> {
  const migrations = await readMigrations("control");
  const applied = new Set((await withMigrator(db, appliedMigrations)).map(({ version }) => version));
  return migrations.map(({ version }) => ({ version, applied: applied.has(version) }));
}

/** The migrations that `migrateControl` would run. Throws in the same cases. */
export async function pendingControlMigrations(db: Database): Promise<Migration[]> {
  return findPending(await readMigrations("control"), await withMigrator(db, appliedMigrations));
}

async function isCurrent(db: Database, migrations: Migration[], login: string): Promise<boolean> {
  return await withMigrator(db, async (tx) => {
    const applied = await appliedMigrations(tx);
    if (findPending(migrations, applied).length > 0) return false;
    const [row] = await tx.select().from(installation);
    return row?.login === login && await hasAuditWriter(tx) && await hasStreamWriter(tx, login);
  });
}

function findPending(migrations: Migration[], applied: { version: string; checksum: string }[]): Migration[] {
  applied.forEach((row, index) => {
    const migration = migrations[index];
    if (migration?.version !== row.version) {
      throw new Error(
        `The schema control has migration ${row.version}, which this code doesn't know. Run newer code.`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new Error(
        `Migration ${row.version} of control was changed after it was applied. Write a new one instead.`,
      );
    }
  });
  return migrations.slice(applied.length);
}

async function appliedMigrations(tx: MigratorTx) {
  // Reads pg_tables, because a transaction that waits for a lock would still get the outdated result of `to_regclass`.
  const [ledger] = await tx.execute(
    sql`select exists (select from pg_tables where schemaname = 'control' and tablename = 'migrations')`,
  );
  return ledger!.exists
    ? await tx.select().from(controlMigrations).orderBy(asc(controlMigrations.version))
    : [];
}

/** Creates the owner role of the tenants' tables, and grants the application's login its privileges on `control`. */
async function prepareInstallation(tx: MigratorTx, login: string): Promise<void> {
  const [server] = await tx.execute<{ version: number; migrator: string }>(
    sql`select current_setting('server_version_num')::int as version, session_user as migrator`,
  );
  if (await tx.$count(installation) === 0) {
    const ownerRole = newOwnerRole();
    await runScript(
      tx,
      `create role ${ownerRole} nologin; ${grantScript([ownerRole], server!.migrator, server!.version)}`,
    );
    await tx.insert(installation).values({ ownerRole, login });
  }
  await createAuditWriter(tx);
  await createStreamWriter(tx, login);
  if (login === server!.migrator) return;
  const name = quoteName(login);
  await runScript(
    tx,
    `grant usage on schema control to ${name};
    grant select, insert, update, delete on all tables in schema control to ${name};
    revoke insert, update, delete on control.migrations, control.installation, control.tenant_jobs,
      control.audit_log from ${name}`,
  );
}

/** Allows a new application login to act as the existing tenants' roles. */
async function grantSchemas(db: Database, login: string): Promise<void> {
  const known = await withMigrator(db, readInstallation);
  if (known.login === login) return;
  const roles = await withMigrator(
    db,
    (tx) =>
      tx.select({ name: tenantSchemas.name }).from(tenantSchemas)
        .union(tx.select({ name: readyRoles.name }).from(readyRoles)),
  );
  const [{ migrator } = { migrator: "" }] = await withMigrator(
    db,
    (tx) => tx.execute<{ migrator: string }>(sql`select session_user as migrator`),
  );
  for (let start = 0; login !== migrator && start < roles.length; start += ROLES_GRANTED_AT_ONCE) {
    const names = roles.slice(start, start + ROLES_GRANTED_AT_ONCE).map(({ name }) => name);
    await withMigrator(db, (tx) => runScript(tx, grantScript(names, login, known.serverVersion)));
  }
  await withMigrator(db, (tx) => tx.update(installation).set({ login }));
}

/** Ensures that only one migration of `control` runs at a time. In an empty database, creating the schema has the same effect. */
async function lock(tx: MigratorTx): Promise<void> {
  const [ledger] = await tx.execute<{ exists: boolean }>(
    sql`select to_regclass('control.migrations') is not null as exists`,
  );
  if (ledger!.exists) await runScript(tx, "lock table control.migrations in share row exclusive mode");
}

/**
 * Revokes the open privileges if the login may. Otherwise an administrator does it: see docs/admin/database.md and
 * `config check`.
 */
async function harden(db: Database): Promise<void> {
  for (const { statement } of await findOpenPrivileges(db)) {
    const run = () =>
      withMigrator(db, async (tx) => {
        await lock(tx);
        await runScript(tx, statement);
      }, { use: "migration" });
    await retryOvertaken(run).catch((error) => {
      if (!isInsufficientPrivilege(error)) throw error;
    });
  }
}
