import { sql } from "drizzle-orm";
import type { Brand } from "../../src/platform/brand.ts";
import { installation } from "../control/schema/installation.ts";
import type { Database } from "../connection/connect.ts";
import { parseOwnerRole } from "../tenant/schema_name.ts";
import { type Borrow, runTransaction, type TransactionDb } from "../connection/transaction.ts";

/** A handle of the login that makes and migrates schemas, for the time of one transaction. */
export type MigratorTx = Brand<TransactionDb, "MigratorTx">;

/** What makes schemas needs to know of the server: the owner of their tables, and the login that uses them. */
export type Installation = { ownerRole: string; login: string; serverVersion: number };

const FIRST_VERSION_WITH_GRANT_OPTIONS = 160_000;

/** Holds no statement to a time: making a schema or an index may take a while. */
const UNHURRIED = "begin; set local statement_timeout = 0";

/**
 * Runs `work` in a transaction of the migrating login, which is the application's where no other is configured. `use` is
 * "migration" where a statement may take minutes; every other statement is given up when the server is silent for too long.
 */
export function withMigrator<T>(
  db: Database,
  work: (tx: MigratorTx) => PromiseLike<T>,
  { pool = db.migratorPool, use }: Partial<Omit<Borrow, "holder">> = {},
): Promise<T> {
  return runTransaction({ pool, holder: db.controlHolder, use }, UNHURRIED, (tx) => work(tx as MigratorTx));
}

export async function readInstallation(tx: MigratorTx): Promise<Installation> {
  const [row] = await tx.select({
    ownerRole: installation.ownerRole,
    login: installation.login,
    serverVersion: sql<number>`current_setting('server_version_num')::int`,
  }).from(installation);
  return { ...row!, ownerRole: parseOwnerRole(row!.ownerRole) };
}

/** The SQL that lets `login` take on the roles, without inheriting from them. */
export function grantScript(roles: string[], login: string, serverVersion: number): string {
  const options = serverVersion >= FIRST_VERSION_WITH_GRANT_OPTIONS ? "with inherit false, set true" : "";
  return `grant ${roles.join(", ")} to ${quoteName(login)} ${options};`;
}

/** A name as SQL takes it, whatever letters it has. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
