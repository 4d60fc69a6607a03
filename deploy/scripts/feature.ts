/** `deno task feature shipment`: copies the sample feature `projects` under another noun and registers the copy. */
import { dirname, join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;
const SAMPLE: Noun = { one: "project", several: "projects" };
/** Where a feature has files. */
const FOLDERS = ["src", "db/tenant/schema", "routes", "views/pages", "tests/api", "tests/integration"];
/** Each names a feature on one line. */
const LISTS = ["src/features.ts", "routes/app/pages.ts", "routes/api/resources.ts"];
const ONE_WORD = /^[a-z]{2,30}$/;

type Noun = { one: string; several: string };

if (import.meta.main) {
  const [one = "", several = `${one}s`] = Deno.args;
  if (![one, several].every((word) => ONE_WORD.test(word))) {
    fail("Name the feature with one lowercase word, and its plural if it isn't regular: company companies.");
  }
  const noun = { one, several };
  const files = (await Promise.all(FOLDERS.map(findSample))).flat().sort();
  const taken = await Promise.all(files.map((file) => exists(renamed(file, noun))));
  if (taken.includes(true)) fail(`The project already has files named ${several}. Nothing was changed.`);
  for (const file of files) await copy(file, noun);
  for (const list of LISTS) await register(list, noun);
  print(`Copied ${files.length} files, and added a line to ${LISTS.join(", ")}.`);
}

/** The sample's files below a folder. */
async function findSample(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await findSample(path));
    else if (path.includes(SAMPLE.one)) found.push(path);
  }
  return found;
}

async function copy(file: string, noun: Noun): Promise<void> {
  const target = join(ROOT, renamed(file, noun));
  await Deno.mkdir(dirname(target), { recursive: true });
  await Deno.writeTextFile(target, renamed(await Deno.readTextFile(join(ROOT, file)), noun));
}

/** Adds the feature's line below the sample's. */
async function register(list: string, noun: Noun): Promise<void> {
  const text = await Deno.readTextFile(join(ROOT, list));
  const line = text.split("\n").find((each) => each.includes(`/${SAMPLE.several}`));
  if (!line) fail(`${list} doesn't list ${SAMPLE.several}.`);
  await Deno.writeTextFile(join(ROOT, list), text.replace(line, `${line}\n${renamed(line, noun)}`));
}

/** The text with the noun in each spelling: `projects`, `Project`, `PROJECT_LIMIT`. */
function renamed(text: string, { one, several }: Noun): string {
  const spellings = [(word: string) => word, capitalized, (word: string) => word.toUpperCase()];
  return spellings.reduce(
    (result, spelling) =>
      result.replaceAll(spelling(SAMPLE.several), spelling(several))
        .replaceAll(spelling(SAMPLE.one), spelling(one)),
    text,
  );
}

function capitalized(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(join(ROOT, path)).then(() => true, () => false);
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function fail(reason: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`${reason}\n`));
  Deno.exit(2);
}
