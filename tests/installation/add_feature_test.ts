import assert from "node:assert/strict";
import { dirname, join } from "node:path";

/**
 * Protects: a feature is its own files and one line in each of three lists. "Add a feature" in CONTRIBUTING.md is followed
 * word for word in a copy of the tree.
 */

const ROOT = new URL("../../", import.meta.url).pathname;
const GUIDE = /^## Add a feature\n([^]*?)(?=^## )/m;
const ONE_SCREEN = 55;
const NOT_COPIED = new Set([".git", ".data", "dist", "node_modules"]);
const GENERATED = new Set([
  "db/tenant/migrations/snapshot.json",
  "docs/api/openapi.json",
  "clients/typescript/src/schema.ts",
]);
const CORE = [
  "tests/unit/architecture_test.ts",
  "tests/unit/openapi_test.ts",
  "tests/api/shipments_test.ts",
  "tests/security/permissions_test.ts",
  "tests/security/route_ids_test.ts",
];

Deno.test({
  name: "a feature is added as CONTRIBUTING.md says, passes the core of the tests, and is removed again",
  fn: async (t) => {
    const guide = GUIDE.exec(await Deno.readTextFile(join(ROOT, "CONTRIBUTING.md")))![1]!;
    const lines = linesOf(guide);
    await using tree = await Tree.copy();
    const before = await tree.read();

    await t.step("the guide fits on one screen", () => {
      assert.ok(guide.split("\n").length <= ONE_SCREEN);
    });

    await t.step("its commands add files of the feature, and one line to each of three lists", async () => {
      for (const command of commandsOf(guide)) await tree.run(command);
      const after = await tree.read();

      const added = [...after.keys()].filter((file) => !before.has(file));
      const changed = [...before].filter(([file, text]) => after.get(file) !== text).map(([file]) => file);
      assert.deepEqual(added.filter((file) => !file.includes("shipment")), []);
      assert.deepEqual(changed.filter((file) => !GENERATED.has(file)).sort(), [
        "routes/api/resources.ts",
        "routes/app/pages.ts",
        "src/features.ts",
      ]);
      assert.deepEqual(
        lines.map(({ list }) => list).sort(),
        changed.filter((file) => file.endsWith(".ts") && !GENERATED.has(file)).sort(),
      );
      for (const { list, line } of lines) {
        assert.equal(after.get(list), withLine(before.get(list)!, line), list);
      }
    });

    await t.step("with it, its own tests and the core pass", async () => {
      await tree.run("deno run --quiet --no-prompt -P=test tests/support/database.ts");
      const report = await tree.run(
        `deno test --quiet --no-check --no-prompt --parallel -P=test ${CORE.join(" ")}`,
      );

      assert.match(
        report,
        /shipments_test\.ts => shipments are created, read, changed and deleted \.\.\. ok/,
      );
    });

    await t.step(
      "without its files and lines, the tree is as before, and a migration drops its table",
      async () => {
        for (const file of (await tree.read()).keys()) {
          if (file.includes("shipment") && !file.includes("/migrations/")) await tree.remove(file);
        }
        for (const { list, line } of lines) await tree.removeLine(list, line);
        await tree.run("deno task db:generate remove_shipments");
        await tree.run("deno task openapi --breaking");
        const after = await tree.read();

        const code = (files: Map<string, string>) =>
          [...files].filter(([file]) => !file.includes("/migrations/"));
        assert.deepEqual(code(after), code(before));
        const migration = [...after].find(([file]) => file.endsWith("_remove_shipments.sql"));
        assert.match(migration![1], /^DROP TABLE "shipments"/);
      },
    );

    await t.step("a name that is taken or isn't one word is refused, and nothing is copied", async () => {
      await assert.rejects(tree.run("deno task feature project"), /already has files named projects/);
      await assert.rejects(tree.run("deno task feature ../shipment"), /one lowercase word/);
    });
  },
});

/** The lines of the guide's shell blocks. */
function commandsOf(guide: string): string[] {
  return [...guide.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)]
    .flatMap(([, commands]) => commands!.split("\n").map((line) => line.trim()).filter(Boolean));
}

/** The rows of the guide's table of lists. */
function linesOf(guide: string): { list: string; line: string }[] {
  return [...guide.matchAll(/^ *\| `([^`]+)` *\| `([^`]+)` *\|/gm)].map(([, list, line]) => ({
    list: list!,
    line: line!,
  }));
}

/** A list with one more line, below that of the sample. */
function withLine(list: string, line: string): string {
  return list.replace(/^.*\/projects.*$/m, (sample) => `${sample}\n${line}`);
}

/** A copy of the project's files. */
class Tree implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async copy(): Promise<Tree> {
    const folder = await Deno.makeTempDir({ prefix: "denizen-feature-" });
    for (const file of await filesBelow(ROOT)) {
      await Deno.mkdir(join(folder, dirname(file)), { recursive: true });
      await Deno.copyFile(join(ROOT, file), join(folder, file));
    }
    const tree = new Tree(folder);
    await tree.run("deno install --frozen --quiet");
    return tree;
  }

  /** Runs one command of the guide. Throws with its output if it fails. */
  async run(command: string): Promise<string> {
    const [program, ...args] = command.split(" ");
    const env = { DENO_JOBS: "2", NO_COLOR: "1" };
    const { success, stdout, stderr } = await new Deno.Command(program!, { args, cwd: this.folder, env })
      .output();
    const [output, problems] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    if (!success) throw new Error(`${command}\n${output}\n${problems}`);
    return output!;
  }

  /** The text of every file, by its path. */
  async read(): Promise<Map<string, string>> {
    const files = await filesBelow(this.folder);
    const texts = files.map(async (file) =>
      [file, await Deno.readTextFile(join(this.folder, file))] as const
    );
    return new Map(await Promise.all(texts));
  }

  async removeLine(file: string, line: string): Promise<void> {
    const path = join(this.folder, file);
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace(`${line}\n`, ""));
  }

  /** Removes a file. */
  remove(file: string): Promise<void> {
    return Deno.remove(join(this.folder, file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function filesBelow(root: string, folder = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(join(root, folder))) {
    if (NOT_COPIED.has(name)) continue;
    if (isDirectory) files.push(...await filesBelow(root, join(folder, name)));
    else if (isFile) files.push(join(folder, name));
  }
  return files.sort();
}
