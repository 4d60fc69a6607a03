import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;
const FOLDERS = [
  "",
  "clients/typescript",
  ...["admin", "api", "build", "decisions", "user"].map((name) => `docs/${name}`),
];
const BLOCK = /^( *)```([^\n]*)\n([^]*?)^\1```$/gm;

/** A block of code. `language` is all that stands behind the first fence, such as `sh` or `ts ignore`. */
export type Block = { guide: string; line: number; language: string; code: string };

/** The blocks of code in a guide, such as `docs/admin/install.md`, that are in a language. */
export async function blocksOf(guide: string, language: string): Promise<string[]> {
  return (await readBlocks(guide)).filter((block) => block.language === language).map(({ code }) => code);
}

/** Every block in every Markdown file for people, in the order of the files' names. */
export async function everyBlock(): Promise<Block[]> {
  return (await Promise.all((await listGuides()).map(readBlocks))).flat();
}

/** The commands of a block for a shell, each in one line, without comments. */
export function commandsIn({ code }: Block): string[] {
  return code.replaceAll(/\\\n\s*/g, "").split("\n").map((line) => line.replace(/(?:^| +)# .*$/, "").trim())
    .map((line) => line.replace(/ +#$/, "")).filter(Boolean);
}

export async function listGuides(): Promise<string[]> {
  const names = await Promise.all(FOLDERS.map(async (folder) => {
    const files = await Array.fromAsync(Deno.readDir(join(ROOT, folder)), ({ name }) => name);
    return files.filter((name) => name.endsWith(".md")).map((name) => join(folder, name));
  }));
  return names.flat().sort();
}

async function readBlocks(guide: string): Promise<Block[]> {
  const text = await Deno.readTextFile(join(ROOT, guide));
  return [...text.matchAll(BLOCK)].map(({ 1: indent, 2: language, 3: code, index }) => ({
    guide,
    line: text.slice(0, index).split("\n").length,
    language: language!,
    code: code!.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}
