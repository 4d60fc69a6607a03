/** Writes the next migration of each set in drizzle.config.ts, from the tables in its `schema` folders. */
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { MIGRATION_SETS } from "../../drizzle.config.ts";
import { findWarnings } from "./migration_warnings.ts";

type Snapshot = ReturnType<typeof generateDrizzleJson>;
type MigrationSet = (typeof MIGRATION_SETS)[keyof typeof MIGRATION_SETS];

const ROOT = new URL("../../", import.meta.url);

const title = Deno.args[0] ?? "change";
if (!/^[a-z0-9_]+$/.test(title)) throw new Error(`The title "${title}" may contain only a-z, 0-9 and _.`);

for (const [name, set] of Object.entries(MIGRATION_SETS)) await generate(name, set);

async function generate(name: string, { schema, out, schemaFilter }: MigrationSet) {
  const folder = new URL(`${out}/`, ROOT);
  await Deno.mkdir(folder, { recursive: true });
  const before = await readSnapshot(folder);
  const now = generateDrizzleJson(await readTables(schema), before.id, schemaFilter);
  const statements = await generateMigration(before, now);
  if (statements.length === 0) return print(`${name}: nothing changed`);

  const sql = unqualified(statements.map((statement) => statement.trim()).join("\n")) + "\n";
  const file = `${String(await nextNumber(folder)).padStart(4, "0")}_${title}.sql`;
  await Deno.writeTextFile(new URL(file, folder), sql);
  await Deno.writeTextFile(new URL("snapshot.json", folder), JSON.stringify(now, null, 2) + "\n");
  print(`${name}: wrote ${out}/${file}; read it before you commit it`);
  for (const { statement, warning } of findWarnings(sql)) print(`  ${statement}\n    ${warning}`);
}

/** Every export of the files in `schema` folders. */
async function readTables(folders: string[]): Promise<Record<string, unknown>> {
  const files: URL[] = [];
  for (const folder of folders) {
    for await (const { name } of Deno.readDir(new URL(folder, ROOT))) {
      files.push(new URL(`${folder}/${name}`, ROOT));
    }
  }
  const modules = await Promise.all(files.map(({ href }) => href).sort().map((href) => import(href)));
  return Object.assign({}, ...modules);
}

async function readSnapshot(folder: URL): Promise<Snapshot> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL("snapshot.json", folder)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return generateDrizzleJson({});
    throw error;
  }
}

/** One more than the highest number. The numbers may have gaps. */
async function nextNumber(folder: URL): Promise<number> {
  let next = 0;
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".sql")) next = Math.max(next, Number(name.slice(0, 4)) + 1);
  }
  return next;
}

/** Removes `public`, which drizzle-kit writes in foreign keys. A tenant's tables are in the schema of the search_path. */
function unqualified(sql: string): string {
  return sql.replaceAll('"public".', "");
}

function print(line: string) {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}
