import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { FEATURES } from "../../src/feature_list.ts";

/** Protects: the documentation names only files, headings and tasks that exist, and every dependency has a reason. */

const ROOT = new URL("../../", import.meta.url).pathname;
/** The guides to what you add name files that don't exist yet. */
const GUIDE_TO_NEW_CODE = /^docs\/build\/add-/;
const PATH = /^(?:src|routes|views|db|jobs|cli|tests|docs|deploy|generator)\/[\w./-]+$/;

Deno.test("every link in the documentation points to a file and a heading that exist", async () => {
  const broken: string[] = [];

  for (const [page, text] of await readPages()) {
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (!/^https?:/.test(target!) && !await leadsSomewhere(page, target!)) {
        broken.push(`${page}: ${target}`);
      }
    }
  }

  assert.deepEqual(broken, []);
});

Deno.test("every path in the documentation exists", async () => {
  const missing: string[] = [];

  for (const [page, text] of await readPages()) {
    if (GUIDE_TO_NEW_CODE.test(page)) continue;
    for (const [, path] of text.matchAll(/`([^`\n]+)`/g)) {
      if (PATH.test(path!) && !await exists(path!)) missing.push(`${page}: ${path}`);
    }
  }

  assert.deepEqual(missing, []);
});

Deno.test("every task in the documentation is in deno.json", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const unknown: string[] = [];

  for (const [page, text] of await readPages()) {
    for (const [, task] of text.matchAll(/(?:\bdeno(?:@[\d.]+)?) task ([\w:]+)/g)) {
      if (!(task! in tasks)) unknown.push(`${page}: ${task}`);
    }
  }

  assert.deepEqual(unknown, []);
});

Deno.test("every dependency has its reason in decision 009", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const decision = await Deno.readTextFile(join(ROOT, "docs/decisions/009-dependencies.md"));
  const listed = [...decision.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, packages]) =>
    packages!.trim().split(", ")
  );

  const unlisted = Object.keys(imports).filter((name) =>
    !name.startsWith("@types/") && !listed.includes(name)
  );

  assert.deepEqual(unlisted, []);
});

Deno.test("every rate limit is in the administrators' table, with its number", async () => {
  const table = await Deno.readTextFile(join(ROOT, "docs/admin/limits.md"));
  const lines = table.split("\n");

  const missing = FEATURES.flatMap(({ rateLimits }) => rateLimits).filter(({ name, limit }) =>
    !lines.some((line) => line.startsWith(`| \`${name}\` `) && line.includes(`| ${limit} in `))
  ).map(({ name }) => name);

  assert.deepEqual(missing, []);
});

Deno.test("the guide to webhooks lists every event that they send, and no other", async () => {
  const guide = await Deno.readTextFile(join(ROOT, "docs/api/webhooks.md"));
  const [, section] = /^## Events\n([^]*?)^## /m.exec(guide)!;
  const listed = [...section!.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, type]) => type!);
  const sent = FEATURES.flatMap(({ events }) => events).filter(({ webhook }) => webhook).map(({ name }) =>
    name
  );

  assert.deepEqual(listed.sort(), sent.sort());
});

/** Every Markdown file at the root and in `docs`, with its text. */
async function readPages(): Promise<[path: string, text: string][]> {
  const paths: string[] = [];
  for (const folder of ["", "docs", "docs/user", "docs/admin", "docs/api", "docs/build", "docs/decisions"]) {
    for await (const { name } of Deno.readDir(join(ROOT, folder))) {
      if (name.endsWith(".md") || name === "llms.txt") paths.push(join(folder, name));
    }
  }
  return await Promise.all(
    paths.map(async (path) => [path, await Deno.readTextFile(join(ROOT, path))] as [string, string]),
  );
}

async function leadsSomewhere(page: string, target: string): Promise<boolean> {
  const [file, heading] = target.split("#");
  const path = file ? join(dirname(page), file) : page;
  if (!await exists(path)) return false;
  return heading === undefined || anchors(await Deno.readTextFile(join(ROOT, path))).includes(heading);
}

/** The anchors that GitHub gives to a page's headings. */
function anchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replace(/[^\w\s-]/g, "").replace(/\s/g, "-")
  );
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(join(ROOT, path)).then(() => true, () => false);
}
