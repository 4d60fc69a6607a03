import assert from "node:assert/strict";
import { join } from "node:path";
import { shortLived } from "../support/v8_flags.ts";

/**
 * Protects: the isolation tests work. Each part of the isolation is removed from a copy of the code in turn, and the tests
 * must fail on every copy.
 */

const ROOT = new URL("../../", import.meta.url).pathname;
const COPIED = ["db", "src", "routes", "views", "tests", "deno.json", "deno.lock"];
/** Package files that the server sends to browsers. */
const COPIED_PACKAGES = [
  "node_modules/htmx.org/dist",
  "node_modules/@alpinejs/csp/dist",
  "node_modules/@simplewebauthn/browser/dist/bundle",
  "node_modules/@fontsource-variable/inter/files",
];
const WITH_TENANT = "db/connection/with_tenant.ts";
const TRANSACTION = "db/connection/transaction.ts";

const MUTANTS: { name: string; file: string; from: string; to: string }[] = [
  { name: "no role", file: WITH_TENANT, from: "set local role ${name}; ", to: "" },
  { name: "no search_path", file: WITH_TENANT, from: "; set local search_path = ${name}", to: "" },
  {
    name: "a role for the whole session",
    file: WITH_TENANT,
    from: "set local role ${name}",
    to: "set role ${name}",
  },
  {
    name: "the login's search_path in addition to the tenant's",
    file: WITH_TENANT,
    from: "search_path = ${name}",
    to: "search_path = ${name}, public",
  },
  {
    name: "a handle that outlives its transaction",
    file: TRANSACTION,
    from: "if (this.#over) throw",
    to: "if (false) throw",
  },
  {
    name: "no check of statements",
    file: TRANSACTION,
    from: "if (!ALLOWED.test(text))",
    to: "if (false)",
  },
];

Deno.test("the isolation tests fail when a part of the isolation is removed", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "denizen-mutant-" });
  try {
    for (const name of [...COPIED, ...COPIED_PACKAGES]) await copy(join(ROOT, name), join(folder, name));
    await Deno.mkdir(join(folder, ".data"));
    await copy(join(ROOT, ".data/test"), join(folder, ".data/test"));
    await useSharedPackages(join(folder, "deno.json"));
    for (const { name, file, from, to } of MUTANTS) {
      await t.step(name, async () => {
        const path = join(folder, file);
        const code = await Deno.readTextFile(path);
        assert.ok(code.includes(from), `${file} has no "${from}" any more`);
        await Deno.writeTextFile(path, code.replace(from, () => to));
        const { success, output } = await runIsolationTests(folder);
        await Deno.writeTextFile(path, code);
        assert.equal(success, false, output);
      });
    }
    await t.step("and pass when nothing is removed", async () => {
      const { success, output } = await runIsolationTests(folder);
      assert.equal(success, true, output);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function runIsolationTests(folder: string): Promise<{ success: boolean; output: string }> {
  const { success, stdout } = await new Deno.Command("deno", {
    cwd: folder,
    env: shortLived(),
    args: [
      "test",
      "--quiet",
      "--no-check",
      "--fail-fast",
      "--filter=/^S0[45] /",
      "--no-prompt",
      "--allow-net",
      "--allow-read",
      "--allow-write=.data,/tmp",
      "--allow-env",
      "--allow-sys",
      "tests/security/isolation_sql_test.ts",
    ],
    stdout: "piped",
    stderr: "null",
  }).output();
  return { success, output: new TextDecoder().decode(stdout) };
}

/** A copy needs no packages: they are in Deno's cache. */
async function useSharedPackages(config: string): Promise<void> {
  const settings = JSON.parse(await Deno.readTextFile(config));
  await Deno.writeTextFile(config, JSON.stringify({ ...settings, nodeModulesDir: "none" }));
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    if (!entry.name.endsWith(".sock")) await copy(join(from, entry.name), join(to, entry.name));
  }
}
