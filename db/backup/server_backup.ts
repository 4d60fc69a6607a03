/** Backs up a PostgreSQL database with its roles, restores it into an empty one, and rehearses the restore. */
import postgres from "postgres";
import { randomBase32 } from "../../src/platform/crypto.ts";
import { VERSION } from "../../src/platform/version.ts";
import { postgresOptions } from "../connection/driver_options.ts";
import { quoteName } from "../migration/migrator.ts";
import { hardeningScript } from "../migration/server_setup.ts";
import { type Backup, type PostgresManifest, writeBackup } from "./backup_file.ts";
import { dump, majorOf, requireProgram, restore } from "./programs.ts";
import { readRoles, rolesScript } from "./roles.ts";
import { countRows, requireSameRows, totals } from "./row_counts.ts";

export type BackupReport = { file: string; bytes: number; tables: number; rows: number };
/** `newLogins` exist without a password. */
export type RestoreReport = { tables: number; rows: number; newRoles: string[]; newLogins: string[] };

const DRILL_SUFFIX_LENGTH = 12;

/**
 * Writes the database as it is at one moment. `onProgress` gets the bytes of the tables, as the server keeps them. Throws if the login
 * may not read all of it.
 */
export async function backUpServer(
  url: string,
  file: string,
  now: Date,
  onProgress?: (done: number, total: number) => void,
): Promise<BackupReport> {
  return await withConnection(
    url,
    async (sql) =>
      await sql.begin("isolation level repeatable read read only", async (tx) => {
        await tx`set local statement_timeout = 0`;
        await tx`set local idle_in_transaction_session_timeout = 0`;
        await requireReader(tx);
        const { serverVersion, snapshot, databaseOwner } = await readSource(tx);
        const dumpVersion = await requireProgram("pg_dump", majorOf(serverVersion));
        const rows = await countRows(tx);
        const onTable = onProgress && await measureTables(tx, onProgress);
        const manifest: PostgresManifest = {
          kind: "postgres",
          version: VERSION,
          createdAt: now.toISOString(),
          serverVersion,
          dumpVersion,
          databaseOwner,
          ...await readRoles(tx),
          rows,
        };
        const bytes = await writeBackup(
          file,
          manifest,
          (send) => dump({ url, snapshot, version: dumpVersion, send, onTable }),
        );
        return { file, bytes, ...totals(rows) };
      }),
  );
}

/** Restores into an empty database as a superuser, and compares every table. If it refuses, nothing has changed. */
export async function restoreServer(url: string, backup: Backup): Promise<RestoreReport> {
  return await restoreInto(
    url,
    backup,
    { advice: "The database is incomplete. Drop it, create it again, and repeat this command." },
  );
}

/** Restores into a new database on the server of `url`, compares every table, and drops the database again. */
export async function drill(url: string, backup: Backup): Promise<RestoreReport> {
  const name = `denizen_drill_${randomBase32(DRILL_SUFFIX_LENGTH)}`;
  return await withConnection(url, async (sql) => {
    await requireSuperuser(sql);
    const newRoles = backup.manifest.kind === "postgres" ? await findMissing(sql, backup.manifest) : [];
    await sql.unsafe(`create database ${quoteName(name)}`);
    try {
      return await restoreInto(databaseOf(url, name), backup, {
        advice: "The backup could not be restored.",
        keepsOthers: true,
      });
    } finally {
      await sql.unsafe(`drop database ${quoteName(name)} with (force)`);
      for (const role of newRoles) await sql.unsafe(`drop role if exists ${quoteName(role)}`);
    }
  });
}

/** `advice` follows the error if the restore fails after its checks. With `keepsOthers`, roles that the server has stay as they are. */
async function restoreInto(
  url: string,
  { manifest, content }: Backup,
  { advice, keepsOthers = false }: { advice: string; keepsOthers?: boolean },
): Promise<RestoreReport> {
  if (manifest.kind !== "postgres") {
    throw new Error(
      "This backup is of the embedded database. Unset DATABASE_URL to restore it into DATA_DIR.",
    );
  }
  return await withConnection(url, async (sql) => {
    const serverVersion = await requireTarget(sql, manifest);
    const version = await requireProgram(
      "pg_restore",
      Math.max(manifest.dumpVersion, majorOf(serverVersion)),
    );
    const missing = await findMissing(sql, manifest);
    await sql.begin(async (tx) =>
      void await tx.unsafe(rolesScript(manifest, missing, serverVersion, { keepsOthers }))
    );
    try {
      await restore({ url, version, archive: await content() });
      await finish(sql, manifest);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n${advice}`, { cause: error });
    }
    const newLogins = manifest.roles.filter(({ name, login }) => login && missing.includes(name));
    return { ...totals(manifest.rows), newRoles: missing, newLogins: newLogins.map(({ name }) => name) };
  });
}

async function requireReader(tx: postgres.TransactionSql): Promise<void> {
  const [login] = await tx<{ name: string; reads: boolean; configures: boolean; installed: boolean }[]>`
    select rolname as name, rolsuper or (rolbypassrls and pg_has_role(oid, 'pg_read_all_data', 'usage')) as reads,
        has_function_privilege('pg_catalog.set_config(text, text, boolean)', 'execute') as configures,
        to_regnamespace('control') is not null as installed
      from pg_roles where rolname = current_user`;
  if (!login!.installed) throw new Error("The database is empty. There is nothing to back up.");
  if (login!.reads && login!.configures) return;
  throw new Error(
    `The login "${
      login!.name
    }" may not read the whole database. Create a backup login as docs/admin/backup.md shows, and set BACKUP_DATABASE_URL.`,
  );
}

async function readSource(
  tx: postgres.TransactionSql,
): Promise<{ serverVersion: number; snapshot: string; databaseOwner: string }> {
  const [row] = await tx<{ serverVersion: number; snapshot: string; databaseOwner: string }[]>`
    select current_setting('server_version_num')::int as "serverVersion", pg_export_snapshot() as snapshot,
        case when owner.rolsuper then (select login from control.installation) else owner.rolname end as "databaseOwner"
      from pg_database join pg_roles owner on owner.oid = datdba where datname = current_database()`;
  return row!;
}

/** Returns what pg_dump's progress calls with the name of each table before its rows. */
async function measureTables(
  tx: postgres.TransactionSql,
  onProgress: (done: number, total: number) => void,
): Promise<(name: string) => void> {
  const tables = await tx<{ name: string; bytes: number }[]>`
    select nspname || '.' || relname as name, pg_table_size(pg_class.oid)::float8 as bytes
      from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where relkind = 'r' and nspname !~ '^(pg_|information_schema$)'`;
  const sizes = new Map(tables.map(({ name, bytes }) => [name, bytes]));
  const total = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  let running = 0;
  return (name) => {
    onProgress(done += running, total);
    running = sizes.get(name) ?? 0;
  };
}

/** The server's version, if it can take the backup. */
async function requireTarget(sql: postgres.Sql, { serverVersion }: PostgresManifest): Promise<number> {
  await requireSuperuser(sql);
  const [target] = await sql<{ name: string; version: number; empty: boolean }[]>`
    select current_database() as name, current_setting('server_version_num')::int as version,
      not exists (select from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema'))
        and not exists (select from pg_class where relnamespace = to_regnamespace('public')) as empty`;
  const { name, version, empty } = target!;
  if (!empty) {
    throw new Error(
      `The database "${name}" is not empty. Nothing changed. Create an empty one for the restore.`,
    );
  }
  if (majorOf(version) >= majorOf(serverVersion)) return version;
  throw new Error(
    `The backup is of PostgreSQL ${majorOf(serverVersion)}, and this server is older: ${
      majorOf(version)
    }. Nothing changed.`,
  );
}

async function requireSuperuser(sql: postgres.Sql): Promise<void> {
  const [login] = await sql<{ name: string; superuser: boolean }[]>`
    select rolname as name, rolsuper as superuser from pg_roles where rolname = current_user`;
  if (login!.superuser) return;
  throw new Error(
    `The login "${
      login!.name
    }" is not a superuser. Run this command with a superuser's address in MIGRATION_DATABASE_URL. Nothing changed.`,
  );
}

async function findMissing(sql: postgres.Sql, { roles }: PostgresManifest): Promise<string[]> {
  const names = roles.map(({ name }) => name);
  const rows = await sql<{ name: string }[]>`
    select name from unnest(${names}::text[]) as name where to_regrole(quote_ident(name)) is null`;
  return rows.map(({ name }) => name);
}

/** What a dump leaves out: the database's owner, its hardening, and the planner's statistics. Then compares every table. */
async function finish(sql: postgres.Sql, { databaseOwner, rows }: PostgresManifest): Promise<void> {
  const [database] = await sql<{ name: string }[]>`select current_database() as name`;
  await sql.unsafe(`alter database ${quoteName(database!.name)} owner to ${quoteName(databaseOwner)}`);
  await sql.unsafe(hardeningScript());
  await sql.unsafe("analyze");
  const found = await sql.begin("isolation level repeatable read read only", countRows);
  requireSameRows(rows, found as Record<string, number>);
}

function databaseOf(url: string, name: string): string {
  const [base, query] = url.split("?", 2);
  const [, server] = /^([a-z]+:\/\/[^/]*)/i.exec(base!)!;
  const parameters = new URLSearchParams(query);
  parameters.delete("dbname");
  return `${server}/${name}${parameters.size > 0 ? `?${parameters}` : ""}`;
}

async function withConnection<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(postgresOptions(url, { max: 1, onnotice: () => {}, prepare: false }));
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
