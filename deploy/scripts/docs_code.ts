/**
 * Copies the TypeScript in the guides to a folder for `deno check`, and prints the folder. A block is checked as the file that its
 * first line names, such as `// src/projects/emails.ts`, so it imports the product and the other blocks of its page like that file.
 * A block that starts with ```ts ignore is no whole file, and isn't checked.
 */
import { dirname, join, normalize } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;
const FOLDERS = [
  "",
  "clients/typescript",
  ...["admin", "api", "build", "decisions", "user"].map((name) => `docs/${name}`),
];
const BLOCK = /^( *)```(tsx?)\n([^]*?)^\1```$/gm;
const NAMED_FILE = /^\/\/ ([\w./-]+)\n/;
const RELATIVE_IMPORT = /(from |import\()"(\.[^"]+)"/g;
const CLIENT = { name: '"@denizen/client"', path: `"${join(ROOT, "clients/typescript/src/client.ts")}"` };

/** `path` is where the file would be in the product, or the name of its copy. */
export type CodeBlock = { page: string; path: string; code: string; copy: string };

if (import.meta.main) {
  const { folder } = await copyCode();
  Deno.stdout.writeSync(new TextEncoder().encode(folder));
}

/** Copies every block to a new folder, where it can be checked and run. */
export async function copyCode(): Promise<{ folder: string; blocks: CodeBlock[] }> {
  const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "docs_code_" });
  const blocks: CodeBlock[] = [];
  for (const page of await listPages()) {
    const found = blocksOf(page, await Deno.readTextFile(join(ROOT, page)), folder);
    for (const block of found) await Deno.writeTextFile(block.copy, checkedCode(block, found));
    blocks.push(...found);
  }
  return { folder, blocks };
}

async function listPages(): Promise<string[]> {
  const pages = await Promise.all(FOLDERS.map(async (folder) => {
    const names = await Array.fromAsync(Deno.readDir(join(ROOT, folder)), ({ name }) => name);
    return names.filter((name) => name.endsWith(".md")).map((name) => join(folder, name)).sort();
  }));
  return pages.flat();
}

function blocksOf(page: string, text: string, folder: string): CodeBlock[] {
  return [...text.matchAll(BLOCK)].map(([, indent, extension, indented], index) => {
    const code = indented!.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    const name = `${page.replaceAll(/[/.]/g, "_")}_${index + 1}.${extension}`;
    return { page, path: NAMED_FILE.exec(code)?.[1] ?? name, code, copy: join(folder, name) };
  });
}

function checkedCode({ path, code }: CodeBlock, blocks: CodeBlock[]): string {
  const imported = (relative: string) => {
    const target = normalize(join(dirname(path), relative));
    return blocks.find((block) => block.path === target)?.copy ?? join(ROOT, target);
  };
  const rewritten = code.replaceAll(RELATIVE_IMPORT, (_, start, to) => `${start}"${imported(to)}"`)
    .replaceAll(CLIENT.name, CLIENT.path);
  return `${rewritten}\nexport {};\n`;
}
