import { type Migration, readMigrations } from "../../db/migration/migrations.ts";
import { sha256 } from "../../src/platform/crypto.ts";

/** A column that the product's schema lacks. */
export const ADD_COLOR = `ALTER TABLE "projects" ADD COLUMN "color" text;`;

/**
 * Makes this process a later version of the product, with one more tenant migration, until disposed. Open a world and
 * create its tenants first: they lack the migration.
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
