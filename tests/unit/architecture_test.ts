import assert from "node:assert/strict";
import { dirname, join, normalize, relative } from "node:path";

/** Protects: the product's layers import each other only in the allowed direction. */

const ROOT = new URL("../../", import.meta.url).pathname;
const PARTS = ["src", "routes", "views", "db", "jobs", "cli"];

/** Components that nobody sees, or that only list other components. */
const WITHOUT_SAMPLE = new Set([
  "views/components/email_choices.tsx",
  "views/components/failure_toast.tsx",
  "views/components/form_key.tsx",
]);

type Source = { path: string; text: string; imports: { path: string; typeOnly: boolean }[] };

const sources = (await Promise.all(PARTS.map((part) => readSources(join(ROOT, part))))).flat();

Deno.test("src imports db, the views of emails and itself; only its composition root imports routes and jobs", () => {
  const wrong = importsFrom("src").filter(({ from, to }) =>
    !/^(src|db|views\/emails)\//.test(to) && to !== "views/locale.ts" &&
    !(from === "src/main.ts" && /^(routes|jobs)\//.test(to))
  );

  assert.deepEqual(wrong, []);
});

Deno.test("db imports only platform and errors from src, and only db:generate imports its configuration", () => {
  const wrong = importsFrom("db").filter(({ from, to }) =>
    !/^(db|src\/platform)\//.test(to) && to !== "src/errors.ts" &&
    !(from === "db/migration/generate.ts" && to === "drizzle.config.ts")
  );

  assert.deepEqual(wrong, []);
});

Deno.test("views import only types from src, and nothing from routes, db or cli", () => {
  const wrong = importsFrom("views").filter(({ to, typeOnly }) =>
    !to.startsWith("views/") && !(to.startsWith("src/") && typeOnly)
  );

  assert.deepEqual(wrong, []);
});

Deno.test("email views import nothing from src, so that src can import them", () => {
  const wrong = importsFrom("views/emails").filter(({ to }) =>
    !to.startsWith("views/emails/") && !/^views\/(components\/count|text|locale)\.ts$/.test(to)
  );

  assert.deepEqual(wrong, []);
});

Deno.test("the pages of components and patterns show every component", () => {
  const shown = reachableFrom([
    "views/pages/components_page.tsx",
    "views/pages/components/patterns_page.tsx",
  ]);
  const missing = sources.map(({ path }) => path)
    .filter((path) => /^views\/components\/.*\.tsx$/.test(path) && !WITHOUT_SAMPLE.has(path))
    .filter((path) => !shown.has(path));

  assert.deepEqual(missing, []);
});

Deno.test("routes don't import db, so that pages and the API go through src", () => {
  const wrong = importsFrom("routes").filter(({ to, typeOnly }) => /^(db|cli)\//.test(to) && !typeOnly);

  assert.deepEqual(wrong, []);
});

Deno.test("jobs import nothing from routes or cli", () => {
  const wrong = importsFrom("jobs").filter(({ to }) => /^(routes|cli)\//.test(to));

  assert.deepEqual(wrong, []);
});

Deno.test("routes load nothing inside catch, where a failed query would hide the original error", () => {
  const wrong = sources.filter(({ path }) => path.startsWith("routes/")).flatMap(({ path, text }) =>
    [...text.matchAll(/\n( *)\} catch[^\n]*\{\n(.*?)\n\1\}/gs)]
      .filter(([, , handler]) => /\bawait\b/.test(handler!)).map(() => path)
  );

  assert.deepEqual(wrong, []);
});

Deno.test("src has no import cycles, including type imports", () => {
  const edges = Map.groupBy(importsFrom("src").filter(({ to }) => to.startsWith("src/")), ({ from }) => from);

  assert.deepEqual(
    findCycle(new Map([...edges].map(([from, found]) => [from, found.map(({ to }) => to)]))),
    [],
  );
});

Deno.test("features import neither the list of features nor the code that builds the services", () => {
  const wrong = importsFrom("src").filter(({ from, to }) =>
    ["src/features.ts", "src/feature_list.ts", "src/services.ts"].includes(to) &&
    !["src/main.ts", "src/services.ts", "src/feature_list.ts"].includes(from)
  );

  assert.deepEqual(wrong, []);
});

Deno.test("only config.ts reads the environment, and only clock.ts reads the time", () => {
  const readers = (pattern: RegExp) =>
    sources.filter(({ path, text }) =>
      /^(src|routes|views|db|jobs|cli)\//.test(path) && pattern.test(withoutComments(text))
    ).map(({ path }) => path);

  assert.deepEqual(readers(/Deno\.env|process\.env/), ["src/config.ts"]);
  assert.deepEqual(readers(/new Date\(\)|Date\.now\(\)/), ["src/platform/clock.ts"]);
});

Deno.test("only with_tenant.ts and the code that acts as the schemas' owner set a role or a search_path", () => {
  const naming = sources.filter(({ text }) => /set local (role|search_path)/i.test(withoutComments(text)))
    .map(({ path }) => path);

  assert.deepEqual(naming.sort(), [
    "db/connection/with_tenant.ts",
    "db/migration/audit_writer.ts",
    "db/migration/delete_audit_lines.ts",
    "db/migration/drop_schema.ts",
    "db/migration/fleet.ts",
    "db/migration/privileges.ts",
    "db/migration/provision.ts",
    "db/stream/writer.ts",
    "db/tenant/owner.ts",
    "db/tenant/snapshot.ts",
  ]);
});

Deno.test("generated tenant migrations name no schema", async () => {
  const folder = join(ROOT, "db/tenant/migrations");
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".sql")) continue;
    assert.doesNotMatch(await Deno.readTextFile(join(folder, name)), /"?(public|control)"?\./i, name);
  }
});

Deno.test("only the three lists of features consist of re-exports", () => {
  const barrels = sources.filter(({ text }) => {
    const code = withoutComments(text).trim().split("\n").filter(Boolean);
    return code.length > 0 && code.every((line) => /^export (\*|\{[^}]*\}) from /.test(line));
  });

  assert.deepEqual(barrels.map(({ path }) => path).sort(), [
    "routes/api/resources.ts",
    "routes/app/pages.ts",
    "src/features.ts",
  ]);
});

async function readSources(folder: string): Promise<Source[]> {
  const found: Source[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const file = join(folder, name);
    if (isDirectory) found.push(...await readSources(file));
    else if (/\.tsx?$/.test(name)) {
      const text = await Deno.readTextFile(file);
      found.push({ path: relative(ROOT, file), text, imports: findImports(file, text) });
    }
  }
  return found.sort((one, other) => one.path.localeCompare(other.path));
}

function findImports(file: string, text: string): Source["imports"] {
  return [
    ...text.matchAll(
      /(?:import|export)\s+(type\s+)?([^"';]*?)\s*from\s+"(\.[^"]+)"|import[\s(]+"(\.[^"]+)"/g,
    ),
  ].map((match) => {
    const names = match[2] ?? "";
    const allTypes = /^\{[^}]*\}$/.test(names.trim()) &&
      names.replace(/[{}]/g, "").split(",").map((part) => part.trim())
        .filter(Boolean).every((part) => part.startsWith("type "));
    const path = relative(ROOT, normalize(join(dirname(file), match[3] ?? match[4]!)));
    return { path, typeOnly: match[1] !== undefined || allTypes };
  });
}

function importsFrom(part: string) {
  return sources.filter(({ path }) => path.startsWith(`${part}/`))
    .flatMap(({ path, imports }) =>
      imports.map((target) => ({ from: path, to: target.path, typeOnly: target.typeOnly }))
    );
}

/** The files themselves, and all files that they import. */
function reachableFrom(paths: string[]): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    const source = sources.find((each) => each.path === path);
    for (const target of source?.imports ?? []) if (!target.typeOnly) visit(target.path);
  };
  paths.forEach(visit);
  return reached;
}

/** A path from a node back to itself, or an empty list. */
function findCycle(edges: Map<string, string[]>): string[] {
  const cleared = new Set<string>();
  const visit = (node: string, trail: string[]): string[] => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (cleared.has(node)) return [];
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle.length > 0) return cycle;
    }
    cleared.add(node);
    return [];
  };
  for (const node of edges.keys()) {
    const cycle = visit(node, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}
