import { sql } from "drizzle-orm";
import type { Brand } from "../../src/platform/brand.ts";
import type { Database } from "../connection/connect.ts";
import { type Borrow, runTransaction, type TransactionDb } from "../connection/transaction.ts";
import { installation } from "../control/schema/installation.ts";
import { parseOwnerRole } from "../tenant/schema_name.ts";

/** A handle of the migration login, valid during one transaction. */
export type MigratorTx = Brand<TransactionDb, "MigratorTx">;

/** The facts needed to create schemas: the owner of their tables, the login that uses them, and the server's version. */
export type Installation = { ownerRole: string; login: string; serverVersion: number };

const FIRST_VERSION_WITH_GRANT_OPTIONS = 160_000;

/**
 * Has no time limit, because creating a schema or an index can take long. Compiles nothing, because the planner overestimates queries
 * of the catalog: compiling one takes longer than running it.
 */
const BEGIN = "begin; set local statement_timeout = 0; set local jit = off";

/**
 * Runs `work` in a transaction of the migration login, which is the application's login if no other is configured. Set `use` to
 * "migration" if a statement may take minutes. Otherwise the connection is dropped when the server doesn't answer for too long.
 */
export function withMigrator<T>(
  db: Database,
  work: (tx: MigratorTx) => PromiseLike<T>,
  { pool = db.migratorPool, use }: Partial<Omit<Borrow, "holder">> = {},
): Promise<T> {
  return runTransaction(
    { pool, holder: db.controlHolder, use },
    BEGIN,
    (tx) => work(tx as MigratorTx),
  );
}

export async function readInstallation(tx: MigratorTx): Promise<Installation> {
  const [row] = await tx.select({
    ownerRole: installation.ownerRole,
    login: installation.login,
    serverVersion: sql<number>`current_setting('server_version_num')::int`,
  }).from(installation);
  return { ...row!, ownerRole: parseOwnerRole(row!.ownerRole) };
}

/** The SQL that allows `login` to set the roles, without inheriting their privileges. */
export function grantScript(roles: string[], login: string, serverVersion: number): string {
  const options = serverVersion >= FIRST_VERSION_WITH_GRANT_OPTIONS ? "with inherit false, set true" : "";
  return `grant ${roles.join(", ")} to ${quoteName(login)} ${options};`;
}

/** Quotes a name for SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
