import { sha256 } from "../src/platform/crypto.ts";

export type MigrationSet = "control" | "tenant";

/** One step of a schema. `version` is the file's name without its ending; versions sort in the order of the steps. */
export type Migration = { version: string; sql: string; checksum: string };

const loaded = new Map<MigrationSet, Promise<Migration[]>>();

/** The migrations of a set, oldest first. Read once a process. */
export function readMigrations(set: MigrationSet): Promise<Migration[]> {
  const known = loaded.get(set);
  if (known) return known;
  const reading = readFolder(new URL(`./${set}/migrations/`, import.meta.url));
  loaded.set(set, reading);
  return reading;
}

async function readFolder(folder: URL): Promise<Migration[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) if (entry.name.endsWith(".sql")) names.push(entry.name);
  return await Promise.all(
    names.sort().map(async (name) => {
      const sql = (await Deno.readTextFile(new URL(name, folder))).replaceAll(
        "--> statement-breakpoint",
        ";",
      );
      return { version: name.replace(/\.sql$/, ""), sql, checksum: sha256(sql) };
    }),
  );
}
