/** `deno task remove:resource quotes`: removes what `new:resource` wrote. See docs/build/add-a-resource.md. */
import { dirname, join, normalize } from "node:path";
import { wasReleased } from "./applied_migrations.ts";
import { ROOT, runCommand } from "./commands.ts";
import { requireSnakeCase } from "./names.ts";
import { refuse } from "./refusal.ts";
import { LIST_FILES, LISTS, withoutLine } from "./registry.ts";
import { type Names, namesOf } from "./resource.ts";
import { deno, exists, filesBelow, filesOf } from "./tree.ts";

const MIGRATIONS = "db/tenant/migrations/";
const CODE = ["src/", "routes/", "views/", "db/", "jobs/", "cli/", "tests/"];

if (import.meta.main) await runCommand(() => removeResource(ROOT, Deno.args));

/**
 * Deletes the files of a resource, its lines in the lists, and its table. A migration that nobody has applied is deleted too;
 * otherwise a new one drops the table. Returns what it did.
 */
export async function removeResource(
  root: URL,
  args: readonly string[],
  isReleased: typeof wasReleased = wasReleased,
): Promise<string[]> {
  const [plural, ...others] = args.filter((arg) => arg !== "--");
  if (!plural || others.length > 0) refuse("Write deno task remove:resource and the plural of the resource.");
  const names = await findNames(root, plural);
  const files: string[] = [];
  for (const { file } of await filesOf(root, names)) if (await exists(root, file)) files.push(file);
  await requireUnused(root, names, files);
  const created = await findMigration(root, plural);
  const keepsMigration = !created || await isReleased(root, created);

  for (const file of files) await Deno.remove(new URL(file, root));
  for (const folder of [`src/${plural}`, `views/pages/${plural}`]) await Deno.remove(new URL(folder, root));
  for (const list of LISTS) {
    const text = await Deno.readTextFile(new URL(list.file, root));
    await Deno.writeTextFile(new URL(list.file, root), withoutLine(text, list, names));
  }
  await deno(root, "fmt", "--quiet", ...LIST_FILES);
  await deno(root, "task", "--quiet", "db:generate", `remove_${plural}`);
  const dropping = (await findMigration(root, `remove_${plural}`))!;
  if (!keepsMigration) { for (const file of [created, dropping]) await Deno.remove(new URL(file, root)); }
  await deno(root, "task", "--quiet", "openapi", "--breaking");
  return [
    `Deleted ${files.length} files, and a line from ${LIST_FILES.join(", ")}.`,
    keepsMigration
      ? `Wrote ${dropping}. It drops the table with its rows. Deploy it after the code no longer uses the table.`
      : `Deleted ${created}, which was not applied.`,
  ];
}

/** The names of a resource in the project. Its pages know the singular. */
async function findNames(root: URL, plural: string): Promise<Names> {
  requireSnakeCase(plural, "a resource");
  for (const file of await filesBelow(root, `views/pages/${plural}/`)) {
    const [, singular] = /\/delete_(\w+)_page\.tsx$/.exec(file) ?? [];
    if (singular && await exists(root, `src/${plural}/${singular}_history.ts`)) {
      return namesOf(plural, singular);
    }
  }
  refuse(`The project has no resource ${plural} that new:resource wrote.`);
}

/** Refuses to remove a resource that has files of other kinds, or that other files import. */
async function requireUnused(root: URL, { several }: Names, files: readonly string[]): Promise<void> {
  const own = [
    ...await filesBelow(root, `src/${several.snake}/`),
    ...await filesBelow(root, `views/pages/${several.snake}/`),
  ];
  const more = own.filter((file) => !files.includes(file));
  if (more.length > 0) {
    refuse(
      `new:resource didn't write ${
        more.join(", ")
      }. Delete or move what you added to ${several.words} first.`,
    );
  }
  const lists = new Set(LISTS.map(({ file }) => file));
  const all = (await Promise.all(CODE.map((folder) => filesBelow(root, folder)))).flat();
  for (
    const file of all.filter((each) => /\.tsx?$/.test(each) && !files.includes(each) && !lists.has(each))
  ) {
    const text = await Deno.readTextFile(new URL(file, root));
    const imports = [...text.matchAll(/(?:from|import) "(\.[^"]+)"/g)].map(([, path]) =>
      normalize(join(dirname(file), path!))
    );
    const used = imports.find((path) => files.includes(path));
    if (used) refuse(`${file} uses ${used}. Change it first.`);
  }
}

/** The newest migration with this title. */
async function findMigration(root: URL, title: string): Promise<string | undefined> {
  const files = await filesBelow(root, MIGRATIONS);
  return files.findLast((file) => new RegExp(`/\\d{4}_${title}\\.sql$`).test(file));
}
