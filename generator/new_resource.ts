/**
 * `deno task new:resource quotes name:text 'status:choice(draft|sent)' 'customer:ref(contacts)?'`: writes a resource: table,
 * migration, feature, pages, API and tests. See docs/build/add-a-resource.md.
 */
import { ROOT, runCommand } from "./commands.ts";
import { refuse } from "./refusal.ts";
import { LIST_FILES, LISTS, withLine } from "./registry.ts";
import { fillingOf, type Names, namesOf } from "./resource.ts";
import { fill, identifiersIn } from "./template.ts";
import { deno, exists, filesBelow, filesOf, type TemplateFile } from "./tree.ts";

const USAGE =
  "Write deno task new:resource, the plural of the resource, and its fields: quotes name:text amount:cents";

if (import.meta.main) await runCommand(() => newResource(ROOT, Deno.args));

/** Writes the files of a resource, its lines in the lists, and what is generated from them. Returns what it did. */
export async function newResource(root: URL, args: readonly string[]): Promise<string[]> {
  const { plural, singular, declarations } = parse(args);
  const names = namesOf(plural, singular);
  await requireFreeName(root, names);
  const { filling } = await fillingOf(root, names, declarations);
  const templates = (await filesOf(root, names))
    .filter(({ file }) => filling.has.references || !file.endsWith("_references.ts"));

  for (const { template, file } of templates) {
    const text = fill(await Deno.readTextFile(new URL(template, root)), filling);
    await Deno.mkdir(new URL("./", new URL(file, root)), { recursive: true });
    await Deno.writeTextFile(new URL(file, root), text);
  }
  for (const list of LISTS) {
    const text = await Deno.readTextFile(new URL(list.file, root));
    await Deno.writeTextFile(new URL(list.file, root), withLine(text, list, names));
  }
  await deno(root, "fmt", "--quiet", ...templates.map(({ file }) => file), ...LIST_FILES);
  await deno(root, "task", "--quiet", "db:generate", plural);
  await deno(root, "task", "--quiet", "openapi");
  return [
    `Wrote ${templates.length} files and a migration, and added a line to ${LIST_FILES.join(", ")}.`,
    `Next: read the migration in db/tenant/migrations, and choose what each plan includes in src/${names.several.snake}/${names.several.snake}.ts. Then run:`,
    "  deno task check",
    `  ${testsIn(templates)}`,
  ];
}

function parse(args: readonly string[]) {
  const [plural, ...others] = args.filter((arg) => arg !== "--");
  const at = others.indexOf("--one");
  const singular = at === -1
    ? undefined
    : others[at + 1] ?? refuse("Give the singular after --one: people --one person.");
  const declarations = at === -1 ? others : others.toSpliced(at, 2);
  if (!plural || declarations.length === 0) refuse(USAGE);
  return { plural, singular, declarations };
}

/** Refuses a name that the project uses already, for files, a table, the path of a page, or in the generated code itself. */
async function requireFreeName(root: URL, names: Names): Promise<void> {
  const { several, one } = names;
  const templates = await filesOf(root, names);
  for (const file of [...templates.map(({ file }) => file), `src/${several.snake}`]) {
    if (await exists(root, file)) {
      refuse(`The project already has ${several.words}: ${file}. Choose another name.`);
    }
  }
  const snapshot = await Deno.readTextFile(new URL("db/tenant/migrations/snapshot.json", root));
  if (snapshot.includes(`"public.${several.snake}"`)) {
    refuse(`There is already a table ${several.snake}. Choose another name.`);
  }
  const taken = new RegExp(
    `"/${several.kebab}["/.]|"${one.snake}(?:_not_found|_changed_meanwhile|\\.\\w+)"|"${several.snake}:\\w+"|(?:limit|meter|planFeature)\\("${several.snake}"|model\\("${one.pascal}"`,
  );
  const code = [...await filesBelow(root, "routes/"), ...await filesBelow(root, "src/")];
  for (const file of code.filter((each) => /\.tsx?$/.test(each))) {
    const [found] = taken.exec(await Deno.readTextFile(new URL(file, root))) ?? [];
    if (found) refuse(`${file} already uses ${found.replaceAll(/^\w+\(|"/g, "")}. Choose another name.`);
  }
  const used = await identifiersOf(root, templates);
  const own = [several.camel, one.camel].find((name) => used.has(name));
  if (own) {
    refuse(`The generated code itself uses "${own}". Choose another name, such as one of two words.`);
  }
}

async function identifiersOf(root: URL, templates: readonly TemplateFile[]): Promise<Set<string>> {
  const texts = await Promise.all(
    templates.filter(({ file }) => !file.endsWith(".md")).map(({ template }) =>
      Deno.readTextFile(new URL(template, root))
    ),
  );
  return new Set(texts.flatMap(identifiersIn));
}

function testsIn(templates: readonly TemplateFile[]): string {
  const tests = templates.map(({ file }) => file).filter((file) => file.startsWith("tests/"));
  return `deno task test ${tests.join(" ")}`;
}
