import assert from "node:assert/strict";
import { join } from "node:path";
import { serverUrl } from "../support/database.ts";

/**
 * Protects: a feature is its own files and one line in each of three lists. "Add a feature" in CONTRIBUTING.md is followed
 * word for word in a copy of the tree.
 */

const ROOT = new URL("../../", import.meta.url).pathname;
const GUIDE = /^## Add a feature\n([^]*?)(?=^## )/m;
const ONE_SCREEN = 65;
const CORE = [
  "tests/unit/architecture_test.ts",
  "tests/unit/openapi_test.ts",
  "tests/api/projects_test.ts",
  "tests/api/invoices_test.ts",
  "tests/security/permissions_test.ts",
  "tests/security/route_ids_test.ts",
];

Deno.test({
  name: "a feature is added as CONTRIBUTING.md says, passes the core of the tests, and is removed again",
  // The copy of the tree has an embedded database; once is enough.
  ignore: serverUrl !== undefined,
  fn: async (t) => {
    const guide = GUIDE.exec(await Deno.readTextFile(join(ROOT, "CONTRIBUTING.md")))![1]!;
    const [copyFiles, writeMigration, remove] = shellBlocks(guide);
    const lines = linesOf(guide);
    await using tree = await copyTree();

    await t.step("the guide fits on one screen, and names one line in each list", () => {
      assert.ok(guide.split("\n").length <= ONE_SCREEN);
      assert.deepEqual(lines.map(({ list }) => list), [
        "src/features.ts",
        "routes/app/app.ts",
        "routes/api/api.ts",
      ]);
    });

    await t.step("with the feature, its own tests and the core pass", async () => {
      await tree.run(copyFiles!);
      for (const { list, line } of lines) await tree.addLine(list, line);
      await tree.run(writeMigration!);
      await tree.run("git add --all");

      const changed = await tree.run("git diff --cached --name-status --diff-filter=M");
      const report = await tree.run(testsOf(CORE));

      assert.deepEqual(
        changed.match(/\S+\.ts\b/g)?.sort(),
        lines.map(({ list }) => list).sort(),
        "no other file changed",
      );
      assert.match(report, /invoices_test\.ts => invoices are created, read, changed and deleted \.\.\. ok/);
    });

    await t.step("removing it leaves the tree as it was, and a migration that drops its table", async () => {
      for (const { list, line } of lines) await tree.removeLine(list, line);
      await tree.run(remove!);
      await tree.run("git add --all");

      const left = await tree.run("git diff --cached --name-only HEAD");
      const dropped = await tree.run("cat db/tenant/migrations/*_remove_invoices.sql");

      assert.deepEqual(
        left.split("\n").filter((file) => file && !file.startsWith("db/tenant/migrations/")),
        [],
      );
      assert.match(dropped, /^DROP TABLE "invoices"/);
    });
  },
});

/** The shell commands of the guide, one text per block. */
function shellBlocks(guide: string): string[] {
  return [...guide.matchAll(/^( *)```sh\n([^]*?)^ *```$/gm)].map(([, , commands]) => commands!);
}

/** The rows of the guide's table of lists. */
function linesOf(guide: string): { list: string; line: string }[] {
  return [...guide.matchAll(/^ *\| `([^`]+)` *\| `([^`]+)` *\|/gm)].map(([, list, line]) => ({
    list: list!,
    line: line!,
  }));
}

function testsOf(files: string[]): string {
  return `deno run --quiet --no-prompt -P=test tests/support/database.ts &&
    deno test --quiet --no-check --no-prompt --parallel -P=test ${files.join(" ")}`;
}

/** A copy of the files that belong to the project, in a repository of its own. */
async function copyTree() {
  const folder = await Deno.makeTempDir({ prefix: "denizen-feature-" });
  const run = async (commands: string, cwd = folder) => {
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-ec", commands],
      cwd,
      env: { DENO_JOBS: "2", NO_COLOR: "1" },
    }).output();
    const [out, problems] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.equal(code, 0, `${commands}\n${out}\n${problems}`);
    return out!;
  };
  await run(`git ls-files -co --exclude-standard -z | xargs -0 tar cf - | tar xf - -C "${folder}"`, ROOT);
  await run(`git init --quiet && git add --all &&
    git -c user.name=Test -c user.email=test@example.com commit --quiet --message Copy &&
    deno install --frozen --quiet && cp "${ROOT}views/static/app.css" views/static/`);
  const editList = async (list: string, edit: (lines: string[]) => string[]) => {
    const file = join(folder, list);
    await Deno.writeTextFile(file, edit((await Deno.readTextFile(file)).split("\n")).join("\n"));
  };
  return {
    run,
    addLine: (list: string, line: string) =>
      editList(list, (lines) => {
        const last = lines.findLastIndex((text) => text.startsWith("  import("));
        return lines.toSpliced(last + 1, 0, `  ${line}`);
      }),
    removeLine: (list: string, line: string) =>
      editList(list, (lines) => lines.filter((text) => text.trim() !== line)),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
