import { asc, sql } from "drizzle-orm";
import type { Database } from "./connect.ts";
import { controlMigrations, installation, tenantMigrations, tenants } from "./control/schema.ts";
import { type Migration, readMigrations } from "./migrations.ts";
import { newRoleScript, ownerRole, recordMigrations, tenantScript } from "./provision.ts";
import { newOwnerRole, parseSchemaName, type SchemaName } from "./schema_name.ts";
import { HARDENING } from "./server_setup.ts";
import { runScript } from "./transaction.ts";
import { type ControlTx, withControl } from "./with_tenant.ts";

/** Any number, as long as it is always this one: whoever migrates waits for whoever does already. */
const MIGRATION_LOCK = 3_141_592_653;

type TenantSchema = { id: string; schemaName: SchemaName };

export type MigrationReport = { control: string[]; tenants: { subdomain: string; versions: string[] }[] };

export type MigrationStatus = {
  control: { version: string; applied: boolean }[];
  tenants: { subdomain: string; version: string | null; pending: number }[];
};

/**
 * Brings the control schema and then every tenant's schema to the newest version, each in one transaction under an
 * advisory lock. Returns what was applied. Throws when the database is newer than this code, or a migration that was
 * applied has been changed since; nothing is changed then.
 */
export async function migrate(db: Database): Promise<MigrationReport> {
  await harden(db);
  const control = await migrateControl(db);
  const newest = await readMigrations("tenant");
  const report: MigrationReport = { control, tenants: [] };
  for (const tenant of await findTenantsBehind(db, newest)) {
    const versions = await migrateTenant(db, tenant, newest);
    report.tenants.push({ subdomain: tenant.subdomain, versions });
  }
  return report;
}

/** Which migrations are applied where. A database that was never migrated has none. */
export async function migrationStatus(db: Database): Promise<MigrationStatus> {
  const control = await readMigrations("control");
  const tenant = await readMigrations("tenant");
  const applied = await withControl(db, (tx) => appliedToControl(tx));
  if (applied.length === 0) {
    return { control: control.map(({ version }) => ({ version, applied: false })), tenants: [] };
  }
  const rows = await db.control.select({
    subdomain: tenants.subdomain,
    version: sql<string | null>`max(${tenantMigrations.version})`,
    count: sql<number>`count(${tenantMigrations.version})::int`,
  }).from(tenants).leftJoin(tenantMigrations, sql`${tenantMigrations.tenantId} = ${tenants.id}`)
    .groupBy(tenants.subdomain).orderBy(asc(tenants.subdomain));
  return {
    control: control.map(({ version }) => ({
      version,
      applied: applied.some((row) => row.version === version),
    })),
    tenants: rows.map(({ subdomain, version, count }) => ({
      subdomain,
      version,
      pending: tenant.length - count,
    })),
  };
}

async function migrateControl(db: Database): Promise<string[]> {
  const migrations = await readMigrations("control");
  return await withControl(db, async (tx) => {
    await lock(tx);
    const pending = findPending(migrations, await appliedToControl(tx), "control");
    for (const { sql: script, version, checksum } of pending) {
      await runScript(tx, script);
      await tx.insert(controlMigrations).values({ version, checksum });
    }
    await ensureOwner(tx);
    return pending.map(({ version }) => version);
  });
}

async function ensureOwner(tx: ControlTx): Promise<void> {
  if (await tx.$count(installation) > 0) return;
  const role = newOwnerRole();
  await runScript(tx, await newRoleScript(tx, role));
  await tx.insert(installation).values({ ownerRole: role });
}

async function migrateTenant(
  db: Database,
  tenant: TenantSchema & { subdomain: string },
  newest: Migration[],
) {
  return await withControl(db, async (tx) => {
    await lock(tx);
    const applied = await tx.select().from(tenantMigrations).where(
      sql`${tenantMigrations.tenantId} = ${tenant.id}`,
    )
      .orderBy(asc(tenantMigrations.version));
    const pending = findPending(newest, applied, tenant.subdomain);
    if (pending.length > 0) {
      await runScript(tx, tenantScript(await ownerRole(tx), tenant.schemaName, pending));
      await recordMigrations(tx, tenant.id, pending);
    }
    return pending.map(({ version }) => version);
  });
}

function findPending(
  migrations: Migration[],
  applied: { version: string; checksum: string }[],
  where: string,
) {
  applied.forEach((row, place) => {
    const migration = migrations[place];
    if (migration?.version !== row.version) {
      throw new Error(
        `The schema of ${where} has migration ${row.version}, which this code doesn't know. Run newer code.`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new Error(
        `Migration ${row.version} was changed after it was applied to ${where}. Write a new one instead.`,
      );
    }
  });
  return migrations.slice(applied.length);
}

async function appliedToControl(tx: ControlTx) {
  const [ledger] = await tx.execute(sql`select to_regclass('control.migrations') is not null as exists`);
  return ledger!.exists
    ? await tx.select().from(controlMigrations).orderBy(asc(controlMigrations.version))
    : [];
}

async function findTenantsBehind(db: Database, newest: Migration[]) {
  const rows = await db.control.select({
    id: tenants.id,
    schemaName: tenants.schemaName,
    subdomain: tenants.subdomain,
  }).from(tenants).leftJoin(tenantMigrations, sql`${tenantMigrations.tenantId} = ${tenants.id}`)
    .groupBy(tenants.id).having(sql`count(${tenantMigrations.version}) <> ${newest.length}`).orderBy(
      asc(tenants.id),
    );
  return rows.map((row) => ({ ...row, schemaName: parseSchemaName(row.schemaName) }));
}

async function lock(tx: ControlTx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
}

/** Where the login may not change these privileges, an administrator can: docs/admin/database.md, `config check`. */
async function harden(db: Database): Promise<void> {
  for (const statement of HARDENING) {
    await withControl(db, async (tx) => {
      await lock(tx);
      await runScript(tx, statement);
    }).catch((error) => {
      if (!isInsufficientPrivilege(error)) throw error;
    });
  }
}

function isInsufficientPrivilege(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "42501";
}
