import { sha256 } from "../../src/platform/crypto.ts";
import { COMPATIBLE_SINCE } from "../tenant/compatibility.ts";
import { DB_FOLDER } from "./source_files.ts";

export type MigrationSet = "control" | "tenant";

/**
 * One migration. `version` is the file's name without its extension, and versions sort in the order of the migrations. `checksum`
 * covers this migration, and `chain` covers this and all earlier ones.
 */
export type Migration = { version: string; sql: string; checksum: string; chain: string };

const loaded = new Map<MigrationSet, Promise<Migration[]>>();

/** The migrations of a set, oldest first. Reads the files once per process. */
export function readMigrations(set: MigrationSet): Promise<Migration[]> {
  const known = loaded.get(set);
  if (known) return known;
  const reading = readFolder(new URL(`${set}/migrations/`, DB_FOLDER));
  loaded.set(set, reading);
  return reading;
}

/** The newest migration of the tenants' schemas. */
export async function newestTenantMigration(): Promise<Migration> {
  return (await readMigrations("tenant")).at(-1)!;
}

/** The oldest version of a tenant's schema that this code can serve. See db/tenant/compatibility.ts. */
export async function oldestServedVersion(): Promise<string> {
  return COMPATIBLE_SINCE ?? (await newestTenantMigration()).version;
}

async function readFolder(folder: URL): Promise<Migration[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) if (entry.name.endsWith(".sql")) names.push(entry.name);
  const texts = await Promise.all(names.sort().map((name) => Deno.readTextFile(new URL(name, folder))));
  let chain = "";
  return texts.map((sql, index) => {
    const checksum = sha256(sql);
    chain = sha256(chain + checksum);
    return { version: names[index]!.replace(/\.sql$/, ""), sql, checksum, chain };
  });
}
