import assert from "node:assert/strict";
import { wasReleased } from "../../generator/applied_migrations.ts";
import { newResource } from "../../generator/new_resource.ts";
import { LIST_FILES } from "../../generator/registry.ts";
import { removeResource } from "../../generator/remove_resource.ts";
import { blocksOf } from "../support/guide_blocks.ts";
import { Tree } from "../support/tree.ts";

/**
 * Protects: `new:resource` writes a resource that passes the checks and its tests at once, and `remove:resource` takes it out. The
 * page that a guide adds passes its test, too.
 */

const EVERY_TYPE =
  "quotes name:text terms:longtext notes:longtext? reference:text? amount:cents tax:cents? quantity:number discount:number? " +
  "due_date:date paid_on:date? paid:boolean reviewed:boolean? status:choice(draft|sent|past_due) " +
  "method:choice(card|bank_transfer)? contact_email:email billing_email:email? website:url document:url? " +
  "project:ref(projects) customer:ref(contacts)?";
const GENERATED = new Set([
  "db/tenant/migrations/snapshot.json",
  "docs/api/openapi.json",
  "clients/typescript/src/schema.ts",
]);
const REFUSED: [string, RegExp][] = [
  ["projects name:text", /already has projects/],
  ["invoices name:text", /already has invoices: routes\/api\/invoices\.ts/],
  ["settings name:text", /already/],
  ["events name:text", /Choose another name/],
  ["rows name:text", /uses "row/],
  ["people name:text --one person", /already uses person_not_found/],
  ["seats name:text", /already uses seats/],
  ["quotes name:text customer:ref(customers)", /There are no customers to refer to/],
  ["quotes", /its fields/],
];

Deno.test({
  name: "a resource with every type of field is written, passes its tests, and is removed again",
  fn: async (t) => {
    await using tree = await Tree.copy();
    const before = await tree.read();
    let written = "";
    const changedSince = async (earlier: Map<string, string>) => {
      const now = await tree.read();
      return {
        added: [...now.keys()].filter((file) => !earlier.has(file)),
        removed: [...earlier.keys()].filter((file) => !now.has(file)),
        changed: [...earlier].filter(([file, text]) => now.has(file) && now.get(file) !== text).map((
          [file],
        ) => file),
      };
    };

    await t.step("what the project can't take is refused, and nothing is written", async () => {
      for (const [args, reason] of REFUSED) {
        await assert.rejects(newResource(tree.root, args.split(" ")), reason, args);
      }
      assert.deepEqual(await changedSince(before), { added: [], removed: [], changed: [] });
    });

    await t.step("it adds files of its own, and a line to each list", async () => {
      written = await tree.run(`deno task new:resource ${EVERY_TYPE}`);
      const { added, removed, changed } = await changedSince(before);

      assert.deepEqual(
        added.filter((file) => !/\/quotes?[_/.]|delete_quote_page|_quotes\.sql$/.test(file)),
        [],
      );
      assert.deepEqual(removed, []);
      assert.deepEqual(
        changed.filter((file) => !GENERATED.has(file)).sort(),
        LIST_FILES.toSorted(),
      );
    });

    await t.step("it is formatted, and passes lint and types", async () => {
      const files = (await changedSince(before)).added.filter((file) => /\.tsx?$/.test(file));
      await tree.run(`deno fmt --check ${files.join(" ")}`);
      await tree.run(`deno lint ${files.join(" ")}`);
      await tree.run("deno check routes/app/quotes.tsx routes/api/quotes.ts src/quotes/feature.ts");
    });

    await t.step(
      "its migration can be taken back only while it is the newest, and nobody has it",
      async () => {
        const created = (await changedSince(before)).added.find((file) => file.endsWith("_quotes.sql"))!;

        assert.equal(await wasReleased(tree.root, created), false);
        await tree.write("db/tenant/migrations/9999_later.sql", "");
        assert.equal(await wasReleased(tree.root, created), true);
        await tree.remove("db/tenant/migrations/9999_later.sql");
      },
    );

    await t.step(
      "its tests pass, those that read every feature, and that of a page from the guide",
      async () => {
        await using page = await addPage(tree);
        const [advised] = /deno task test .*/.exec(written)!;
        const others =
          "tests/unit/architecture_test.ts tests/unit/docs_commands_test.ts tests/unit/docs_test.ts tests/integration/docs_test.ts";
        const report = await tree.run(`${advised} ${others} ${page.test}`);

        assert.match(report, /quotes are created, read, listed, changed and deleted.* \.\.\. ok/);
        assert.match(report, /a member works with quotes on their pages \.\.\. ok/);
        assert.match(report, /the overview links to a project \.\.\. ok/);
        assert.match(report, /\d+ passed, 0 failed/);
      },
    );

    await t.step("what others use isn't removed", async () => {
      await tree.write("src/quotes/more.ts", "export {};\n");
      await assert.rejects(
        tree.run("deno task remove:resource quotes"),
        /didn't write src\/quotes\/more\.ts/,
      );
      await tree.remove("src/quotes/more.ts");

      await assert.rejects(tree.run("deno task remove:resource contacts"), /no resource contacts/);
    });

    await t.step("its removal leaves only a migration that drops the table", async () => {
      await removeResource(tree.root, ["quotes"], () => Promise.resolve(true));
      const { added: [created, dropping, ...others], removed, changed } = await changedSince(before);

      assert.deepEqual([removed, others], [[], []]);
      assert.deepEqual(changed, ["db/tenant/migrations/snapshot.json"]);
      assert.match(created!, /_quotes\.sql$/);
      assert.match(dropping!, /_remove_quotes\.sql$/);
      assert.equal(await Deno.readTextFile(new URL(dropping!, tree.root)), 'DROP TABLE "quotes" CASCADE;\n');
    });
  },
});

/** Adds the page of docs/build/add-a-page.md to a tree, as the guide says, until the scope ends. */
async function addPage(tree: Tree): Promise<{ test: string } & AsyncDisposable> {
  const guide = "docs/build/add-a-page.md";
  const blocks = (await Promise.all(["ts", "tsx"].map((language) => blocksOf(guide, language)))).flat();
  const files = blocks.map((code) => ({ path: /^\/\/ (\S+)\n/.exec(code)![1]!, code }));
  const [line] = await blocksOf(guide, "ts ignore");
  const [list, guides] = ["routes/app/pages.ts", "docs/user/README.md"];
  const before = await tree.read();

  for (const { path, code } of files) await tree.write(path, code);
  await tree.write(list, before.get(list)! + line);
  await tree.write(guides, `${before.get(guides)}| Overview | \`/overview\` | [Dashboard](dashboard.md) |\n`);

  return {
    test: files.find(({ path }) => path.startsWith("tests/"))!.path,
    [Symbol.asyncDispose]: async () => {
      for (const { path } of files) await tree.remove(path);
      for (const file of [list, guides]) await tree.write(file, before.get(file)!);
    },
  };
}
