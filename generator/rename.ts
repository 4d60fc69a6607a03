/** `deno task rename "Acme Cloud"`: gives the product your name, everywhere. See docs/build/rename.md. */
import { ROOT, runCommand } from "./commands.ts";
import { noun } from "./names.ts";
import { refuse } from "./refusal.ts";
import { isReservedWord } from "./reserved_words.ts";
import { deno, exists, filesBelow } from "./tree.ts";

const OLD = { name: "Denizen", slug: "denizen", keys: "dnz" };
const NAME = /^[A-Z][A-Za-z0-9]*(?: [A-Za-z0-9]+)*$/;
const MAX_LENGTH = 24;
/** Names that the database, the code or the URLs use for something else. */
const TAKEN = new Set([
  "postgres",
  "tenant",
  "tenants",
  "control",
  "stream",
  "audit",
  "api",
  "admin",
  "www",
  "localhost",
]);
/** The companies of the tests, which need these subdomains. */
const SAMPLE_COMPANIES = new Set(["acme", "globex", "initech", "northwind"]);

/** The one place of the name in code. It changes last, so that an interrupted command can run again. */
const NAME_FILE = "src/email/brand.ts";
const RESERVED_SUBDOMAINS = "src/tenancy/subdomains.ts";
const SOCIAL_PICTURE = "tests/e2e/icon_pictures.ts";
/** The authors of the template, its history, released migrations, and what speaks of renaming. */
const KEPT =
  /^(?:LICENSE|CHANGELOG\.md|deno\.lock|db\/\w+\/migrations\/.*|generator\/rename\.ts|docs\/build\/rename\.md|tests\/installation\/rename_test\.ts)$/;
const SKIPPED = new Set([".git", ".data", "dist", "node_modules"]);
const FORMATTED = /\.(?:tsx?|md|json|ya?ml)$/;

if (import.meta.main) await runCommand(() => rename(ROOT, Deno.args));

/** Renames the product. Running it again changes only what still has the template's name. Returns what it did. */
export async function rename(
  root: URL,
  args: readonly string[],
  draw: typeof drawPictures = drawPictures,
): Promise<string[]> {
  const name = parseName(args);
  const slug = name.replaceAll(" ", "").toLowerCase();
  await requireRenameable(root, name);
  const files = (await filesIn(root)).filter((file) => !KEPT.test(file) && file !== NAME_FILE);
  const lines: string[] = [];
  const changed: string[] = [];

  for (const file of [...files, NAME_FILE]) {
    const text = await readText(new URL(file, root));
    if (file === RESERVED_SUBDOMAINS && SAMPLE_COMPANIES.has(slug)) {
      if (text?.includes(OLD.slug)) {
        lines.push(`Reserve the subdomain ${slug} in ${file} once no test uses it.`);
      }
      continue;
    }
    const renamed = text === null ? null : withName(text, { name, slug });
    if (renamed === null || renamed === text) continue;
    await Deno.writeTextFile(new URL(file, root), renamed);
    changed.push(file);
  }
  if (changed.length === 0) return [`The product is called ${name} already. Nothing was changed.`];
  await deno(root, "fmt", "--quiet", "--permit-no-files", ...changed.filter((file) => FORMATTED.test(file)));
  return [
    ...summaryOf(changed),
    `The product is called ${name}; roles, databases, cookies and packages are called ${slug}; API keys start with ${slug}_live_.`,
    ...lines,
    ...(changed.includes(SOCIAL_PICTURE) ? [await draw(root)] : []),
    "Next: replace the mark in views/static/favicon.svg and views/components/icon.tsx, and run deno task check.",
  ];
}

function parseName(args: readonly string[]): string {
  const name = args.filter((arg) => arg !== "--").join(" ").trim();
  if (!NAME.test(name) || name.length > MAX_LENGTH) {
    refuse(
      `"${name}" can't be the product's name. Use up to ${MAX_LENGTH} letters, digits and spaces, with a capital first: deno task rename "Acme Cloud"`,
    );
  }
  const slug = name.replaceAll(" ", "").toLowerCase();
  if (isReservedWord(slug) || TAKEN.has(slug)) {
    refuse(`"${slug}" already means something else here. Choose another name.`);
  }
  return name;
}

async function requireRenameable(root: URL, name: string): Promise<void> {
  const [, current] = /PRODUCT_NAME = "([^"]+)"/.exec(await Deno.readTextFile(new URL(NAME_FILE, root))) ??
    [];
  if (current !== OLD.name && current !== name) {
    refuse(
      `The product is called ${current} already. Undo that renaming first: only the template's name is unmistakable.`,
    );
  }
  if (current !== name && await exists(root, ".data/")) {
    refuse(
      "The folder .data has a database whose roles and keys have the old name. Delete the folder first.",
    );
  }
}

/** The text with the new name in each spelling: `Denizen`, `createDenizenClient`, `denizen_owner`, `DENIZEN_TOKEN`, `dnz_live_`. */
function withName(text: string, { name, slug }: { name: string; slug: string }): string {
  const pascal = noun(name.replaceAll(" ", "_")).pascal;
  return text
    .replaceAll(/(?<=\w)Denizen|Denizen(?=[\w/-])/g, pascal)
    .replaceAll(OLD.name, name)
    .replaceAll(OLD.slug, slug)
    .replaceAll(OLD.slug.toUpperCase(), slug.toUpperCase())
    .replaceAll(new RegExp(`\\b${OLD.keys}_`, "g"), `${slug}_`);
}

/** The project's own files. */
async function filesIn(root: URL): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(root)) {
    if (SKIPPED.has(name)) continue;
    if (isDirectory) files.push(...await filesBelow(root, `${name}/`));
    else files.push(name);
  }
  return files.sort();
}

/** Null for a file that isn't text. */
async function readText(file: URL): Promise<string | null> {
  const text = await Deno.readTextFile(file);
  return text.includes("\0") ? null : text;
}

/** The number of changed files in each folder. */
function summaryOf(changed: readonly string[]): string[] {
  const folders = Map.groupBy(
    changed,
    (file) => file.includes("/") ? `${file.split("/")[0]}/` : "the project's folder",
  );
  return [...folders].map(([folder, files]) => `Changed ${files.length} files in ${folder}`);
}

/** Draws the picture of shared links, which has the name, if there is a browser. */
async function drawPictures(root: URL): Promise<string> {
  try {
    await deno(root, "run", "-q", "--no-prompt", "-A", SOCIAL_PICTURE);
    return "Drew views/static/social.png.";
  } catch {
    return "Draw views/static/social.png where Chromium is installed: deno task e2e -- --site-pictures";
  }
}
