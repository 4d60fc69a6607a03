import assert from "node:assert/strict";
import { join } from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { COMMAND_NAMES, newProgram } from "../../cli/commands.ts";
import { parseConfig } from "../../src/config.ts";

/** Protects: what the guides tell people to type, click and look at exists. `deno task check` checks their TypeScript. */

const ROOT = new URL("../../", import.meta.url).pathname;
const FOLDERS = ["", "docs/admin", "docs/api", "docs/build", "docs/user"];
const CLI = /(?:deno task admin|(?:^|&& )denizen) ((?:[^\n|&;#`)]|\\\n)+)/gm;
const EVERY_COMMAND = ["--json", "--help", "--yes"];
const NOT_OURS = ["Add to Home Screen", "Add to Dock", "Share"]; // what browsers call it
const PLACEHOLDER = "x".repeat(40); // for a secret
const MAX_PICTURE_BYTES = 150 * 1024;

const program = await newProgram(COMMAND_NAMES);

type AnyCommand = Command<unknown[], Record<string, unknown>>;

Deno.test("every command of the CLI in the guides exists, with its options", async () => {
  const wrong: string[] = [];

  for (const [page, text] of await readGuides()) {
    for (const code of codeIn(text)) {
      for (const [match, words] of code.matchAll(CLI)) {
        const problem = findProblem(words!.replaceAll("\\\n", " ").split(/\s+/).filter(Boolean));
        if (problem) wrong.push(`${page}: ${match.trim()}: ${problem}`);
      }
    }
  }

  assert.deepEqual(wrong, []);
});

Deno.test("the settings in the guide to the installation are valid, and production starts with them", async () => {
  const install = await Deno.readTextFile(join(ROOT, "docs/admin/install.md"));
  const [, block] = /```ini\n(DENO_ENV=production\n[^]*?)```/.exec(install)!;
  const variables = [...block!.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, name, value]) =>
    [name!, value!.replaceAll("…", PLACEHOLDER)] as const
  );

  const config = parseConfig(Object.fromEntries(variables));

  assert.equal(config.environment, "production");
  assert.equal(config.emailFrom?.address, "no-reply@app.example.com");
});

Deno.test("all JSON in the guides can be parsed", async () => {
  for (const [page, text] of await readGuides()) {
    for (const [, json] of text.matchAll(/```json\n([^]*?)```/g)) {
      assert.doesNotThrow(() => JSON.parse(json!), `${page}: ${json}`);
    }
  }
});

Deno.test("all JavaScript in the guides can be parsed", async () => {
  for (const [page, text] of await readGuides()) {
    for (const [, code] of text.matchAll(/```js\n([^]*?)```/g)) {
      assert.doesNotThrow(() => new Function(`return async () => {${code}}`), `${page}: ${code}`);
    }
  }
});

Deno.test("every call of the API in the guides names an operation, parameters and fields that exist", async () => {
  const { paths } = JSON.parse(await Deno.readTextFile(join(ROOT, "docs/api/openapi.json")));
  const wrong: string[] = [];
  let checked = 0;

  for (const [page, text] of await readGuides()) {
    for (const [, code] of text.matchAll(/```sh\n([^]*?)```/g)) {
      for (const call of callsIn(code!)) {
        const problem = findCallProblem(paths, call);
        if (problem) wrong.push(`${page}: ${call.method} ${call.path}: ${problem}`);
        checked++;
      }
    }
  }

  assert.deepEqual(wrong, []);
  assert.ok(checked > 20, `${checked} calls`);
});

Deno.test("every button, link and page that the user guides name is in the product", async () => {
  const product = await readProduct();
  const unknown: string[] = [];

  for (const [page, text] of (await readGuides()).filter(([page]) => page.startsWith("docs/user/"))) {
    for (const [, label] of withoutCode(text).matchAll(/(?<!\w)_([A-Z][^_]+?)_(?!\w)/g)) {
      const shown = label!.replaceAll(/\s+/g, " ");
      if (!product.includes(shown) && !NOT_OURS.includes(shown)) unknown.push(`${page}: ${shown}`);
    }
  }

  assert.deepEqual(unknown, []);
});

Deno.test("every picture in the guides exists, is small, and is shown", async () => {
  const texts = (await readGuides()).map(([, text]) => text).join("\n");
  const shown = new Set(
    [...texts.matchAll(/!\[[^\]]+\]\((?:\.\.\/|docs\/)images\/([\w.-]+)\)/g)].map(([, to]) => to!),
  );
  const folder = join(ROOT, "docs/images");
  const pictures = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);

  assert.deepEqual([...shown].sort(), pictures.sort());
  for (const name of pictures) {
    const { size } = await Deno.stat(join(folder, name));
    assert.ok(size <= MAX_PICTURE_BYTES, `${name} has ${size} bytes`);
  }
});

async function readGuides(): Promise<[path: string, text: string][]> {
  const pages = await Promise.all(FOLDERS.map(async (folder) => {
    const names = await Array.fromAsync(Deno.readDir(join(ROOT, folder)), ({ name }) => name);
    return names.filter((name) => name.endsWith(".md")).map((name) => join(folder, name));
  }));
  return await Promise.all(
    pages.flat().map(async (path) => [path, await Deno.readTextFile(join(ROOT, path))] as [string, string]),
  );
}

/** Shell blocks, and code in the text. */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, code]) => code!);
  const inline = [...text.replaceAll(/```[^]*?```/g, "").matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
  return [...blocks, ...inline];
}

type Call = { method: string; path: string; query: string[]; body: string | null };

/** The calls with curl to `$API` or `…/api/v1`. */
function callsIn(code: string): Call[] {
  const lines = code.replaceAll("\\\n", " ").split(/\bcurl /).slice(1);
  return lines.flatMap((line) => {
    const [, address] = /(?:\$API|\/api\/v1)(\/[^\s"']*)/.exec(line) ?? [];
    if (!address) return [];
    const [path = "", query = ""] = address.split("?");
    const [, body = null] = /(?:-d|--data) '([^']*)'/.exec(line) ?? [];
    const method = /-X (\w+)/.exec(line)?.[1] ?? (/(?:-d|--data)\b/.test(line) ? "POST" : "GET");
    return [{ method, path, query: [...new URLSearchParams(query).keys()], body }];
  });
}

// deno-lint-ignore no-explicit-any -- the OpenAPI document
function findCallProblem(paths: any, { method, path, query, body }: Call): string | null {
  const template = path.replaceAll(/\/\$\w+/g, "/{id}");
  const known = Object.keys(paths).find((each) => each.replaceAll(/\{\w+\}/g, "{id}") === template);
  const operation = known && paths[known][method.toLowerCase()];
  if (!operation) return "no such operation";
  // deno-lint-ignore no-explicit-any -- a parameter of the document
  const parameters = (operation.parameters ?? []).map(({ name }: any) => name);
  const unknown = query.filter((name) => !parameters.includes(name));
  if (unknown.length > 0) return `no parameter ${unknown.join(", ")}`;
  const schema = operation.requestBody?.content["application/json"].schema;
  if (body === null || !schema?.properties) return null;
  const strange = Object.keys(JSON.parse(body)).filter((field) => !(field in schema.properties));
  return strange.length > 0 ? `no field ${strange.join(", ")}` : null;
}

function withoutCode(text: string): string {
  return text.replaceAll(/```[^]*?```|`[^`\n]*`/g, "");
}

/** What is wrong with the words after `denizen`. Null for words that name no command at all, such as in a sentence. */
function findProblem(words: string[]): string | null {
  const [name, ...rest] = words;
  let command = program.commands.find((each) => each.name() === name) as AnyCommand | undefined;
  if (!command) return /^[-…]/.test(name!) ? null : `no command ${name}`;
  while (rest[0] !== undefined && command.commands.length > 0) {
    const inner: AnyCommand | undefined = command.commands.find((each) =>
      rest[0]!.split("|")[0] === each.name()
    );
    if (!inner) return rest[0].startsWith("-") ? null : `no command ${rest[0]}`;
    command = inner;
    rest.shift();
  }
  const flags = [...command.options.flatMap(({ short, long }) => [short, long]), ...EVERY_COMMAND];
  const unknown = rest.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split("=")[0])
    .filter((flag) => !flags.includes(flag));
  return unknown.length > 0 ? `no option ${unknown.join(", ")}` : null;
}

/** The source of all that people see. */
async function readProduct(): Promise<string> {
  const texts: string[] = [];
  const read = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (isDirectory) await read(path);
      else if (/\.tsx?$/.test(name)) texts.push(await Deno.readTextFile(path));
    }
  };
  await Promise.all(["src", "views", "routes"].map((folder) => read(join(ROOT, folder))));
  return texts.join("\n").replaceAll(/\s+/g, " ");
}
