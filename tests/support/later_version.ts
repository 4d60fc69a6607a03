import { type Migration, readMigrations } from "../../db/migration/migrations.ts";
import { sha256 } from "../../src/platform/crypto.ts";

/** A column that the product's own schema lacks. */
export const ADD_COLOR = `ALTER TABLE "projects" ADD COLUMN "color" text;`;

/**
 * Gives this process the code of a later version of the product, with one more tenant migration, until it is disposed of.
 * Open a world and make its tenants first: they are the ones that lack the migration.
 */
export async function becomeLaterVersion(sql = ADD_COLOR): Promise<Migration & Disposable> {
  const migrations = await readMigrations("tenant");
  const migration = following(migrations, sql);
  migrations.push(migration);
  return { ...migration, [Symbol.dispose]: () => void migrations.pop() };
}

/** The migration that comes after `migrations`. */
export function following(migrations: Migration[], sql: string): Migration {
  const version = `${9_000 + migrations.length}_later`;
  const checksum = sha256(sql);
  return { version, sql, checksum, chain: sha256(migrations.at(-1)!.chain + checksum) };
}
