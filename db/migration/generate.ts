/** Writes the next migration of the control and of the tenant schema, from the tables in their `schema` folders. */
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { findWarnings } from "./migration_warnings.ts";

type Snapshot = ReturnType<typeof generateDrizzleJson>;

const title = Deno.args[0] ?? "change";
if (!/^[a-z0-9_]+$/.test(title)) throw new Error(`The title "${title}" may hold a-z, 0-9 and _ only.`);

await generate("control", ["control"]);
await generate("tenant", undefined);

async function generate(name: string, schemas: string[] | undefined) {
  const folder = new URL(`../${name}/migrations/`, import.meta.url);
  const schema = await readTables(new URL(`../${name}/schema/`, import.meta.url));
  await Deno.mkdir(folder, { recursive: true });
  const before = await readSnapshot(folder);
  const now = generateDrizzleJson(schema, before.id, schemas);
  const statements = await generateMigration(before, now);
  if (statements.length === 0) return print(`${name}: nothing changed`);

  const sql = unqualified(statements.map((statement) => statement.trim()).join("\n")) + "\n";
  const file = `${String(await countMigrations(folder)).padStart(4, "0")}_${title}.sql`;
  await Deno.writeTextFile(new URL(file, folder), sql);
  await Deno.writeTextFile(new URL("snapshot.json", folder), JSON.stringify(now, null, 2) + "\n");
  print(`${name}: wrote db/${name}/migrations/${file}; read it before you commit it`);
  for (const { statement, warning } of findWarnings(sql)) print(`  ${statement}\n    ${warning}`);
}

/** Every export of the files of a `schema` folder. */
async function readTables(folder: URL): Promise<Record<string, unknown>> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  const modules = await Promise.all(names.sort().map((name) => import(new URL(name, folder).href)));
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

async function countMigrations(folder: URL): Promise<number> {
  let count = 0;
  for await (const entry of Deno.readDir(folder)) if (entry.name.endsWith(".sql")) count++;
  return count;
}

/** drizzle-kit names `public` in foreign keys; a tenant's tables live in whatever schema the search_path names. */
function unqualified(sql: string): string {
  return sql.replaceAll('"public".', "");
}

function print(line: string) {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}
