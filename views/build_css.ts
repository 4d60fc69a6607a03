import { createHash } from "node:crypto";
import { join } from "node:path";

const VIEWS = import.meta.dirname!;
const TAILWIND = join(VIEWS, "../node_modules/tailwindcss");
const INPUT = join(VIEWS, "styles/app.css");
const OUTPUT = join(VIEWS, "static/app.css");
const UNWRITABLE = new Set(["EACCES", "EPERM", "EROFS"]);

/**
 * Writes the minified style sheet of the pages, `static/app.css`, from `styles/app.css` and the classes in the views. Skips the
 * build if they, Tailwind and this file are unchanged.
 */
export async function updateCss(): Promise<void> {
  const inputs = await readInputs();
  const stamp = stampOf(inputs);
  const current = await Deno.readTextFile(OUTPUT).catch(() => "");
  if (current.startsWith(stamp)) return;
  await write(stamp + await compileCss(inputs));
}

/** If the file can't be written, ends the process with a line that says how to fix it. */
async function write(css: string): Promise<void> {
  try {
    await Deno.writeTextFile(OUTPUT, css);
  } catch (error) {
    if (!UNWRITABLE.has((error as { code?: string }).code ?? "")) throw error;
    const line = `denizen: ${OUTPUT} can't be written. Run as the owner of this folder: deno task css\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(line));
    Deno.exit(1);
  }
}

type Inputs = { styles: string; views: string[]; build: string[] };

async function readInputs(): Promise<Inputs> {
  const paths = (await findViews(VIEWS)).sort();
  const [styles, views, build] = await Promise.all([
    Deno.readTextFile(INPUT),
    readAll(paths),
    readAll([join(VIEWS, "build_css.ts"), join(TAILWIND, "package.json")]),
  ]);
  return { styles, views, build };
}

async function findViews(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) found.push(...await findViews(path));
    else if (/\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found;
}

function readAll(paths: string[]): Promise<string[]> {
  return Promise.all(paths.map((path) => Deno.readTextFile(path)));
}

function stampOf({ styles, views, build }: Inputs): string {
  const hash = createHash("sha256");
  for (const text of [styles, ...views, ...build]) hash.update(text).update("\0");
  return `/* ${hash.digest("hex").slice(0, 32)} */`;
}

async function compileCss({ styles, views }: Inputs): Promise<string> {
  const { compile } = await import("tailwindcss");
  const { build } = await compile(styles, { base: VIEWS, loadStylesheet });
  return minify(build([...new Set(views.flatMap(candidates))]));
}

async function loadStylesheet(id: string, base: string) {
  const path = join(TAILWIND, id.replace(/^tailwindcss\//, ""));
  return { path, base, content: await Deno.readTextFile(path) };
}

/** Everything between quotes that may be a class, also in the strings of a template: `p-4 ${isWide ? "w-full" : ""}`. */
function candidates(source: string): string[] {
  const literals = source.match(/"[^"\n]*"|`[^`]*`/g) ?? [];
  return literals.flatMap((literal) => {
    const content = literal.slice(1, -1);
    return [...content.split(/\s+/), ...literal.startsWith("`") ? candidates(content) : []];
  });
}

function minify(css: string): string {
  return css
    .replaceAll(/\/\*(?!!)[\s\S]*?\*\//g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\s*([{};,])\s*/g, "$1")
    .replaceAll(/([{;][\w-]+):\s/g, "$1:")
    .replaceAll(
      /calc\(([\d.]+)rem \* (-?[\d.]+)\)/g,
      (_, size, times) => `${Number(size) * Number(times)}rem`,
    )
    .replaceAll(";}", "}")
    .trim();
}

if (import.meta.main) await updateCss();
