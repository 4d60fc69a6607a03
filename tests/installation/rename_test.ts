import assert from "node:assert/strict";
import { rename } from "../../generator/rename.ts";
import { wordsOf } from "../support/cli_lines.ts";
import { blocksOf } from "../support/guide_blocks.ts";
import { Tree } from "../support/tree.ts";

/** Protects: `rename` gives the product another name everywhere, and the product works with it. */

const CORE = [
  "tests/unit/openapi_test.ts",
  "tests/unit/emails_test.tsx",
  "tests/unit/key_secret_test.ts",
  "tests/unit/lint_views_test.ts",
  "tests/auth/sign_up_test.ts",
  "tests/api/api_keys_test.ts",
].join(" ");
/** Where the old name stays: the authors, the history, and what speaks of renaming. */
const KEPT =
  /^(?:LICENSE|CHANGELOG\.md|(?:generator|docs\/build|tests\/installation)\/rename(?:_test)?\.\w+)$/;

Deno.test({
  name: "a renamed product passes the core of its tests",
  fn: async (t) => {
    await using tree = await Tree.copy();
    let pictures = 0;
    const [command] = await blocksOf("docs/build/rename.md", "sh");
    const [, , , guidesName] = wordsOf(command!.trim());
    const renameTo = (name: string) => rename(tree.root, [name], () => Promise.resolve(`${++pictures}`));

    await t.step("names that are no names, or mean something else, are refused", async () => {
      for (const name of ["", "acme", "Acme & Sons", "Postgres", "Default", "x".repeat(40)]) {
        await assert.rejects(
          renameTo(name),
          /can't be the product's name|already means something else/,
          name,
        );
      }
    });

    await t.step("the name of a sample company leaves its subdomain to the tests", async () => {
      const before = await tree.read();

      const report = await renameTo("Acme");

      const after = await tree.read();
      const reserved = "src/tenancy/subdomains.ts";
      assert.match(report.join("\n"), /Reserve the subdomain acme in src\/tenancy\/subdomains\.ts/);
      assert.equal(after.get(reserved), before.get(reserved));
      for (const [file, text] of before) if (after.get(file) !== text) await tree.write(file, text);
      pictures = 0;
    });

    await t.step("every file has the new name, and the command says what it did", async () => {
      const report = await renameTo(guidesName!);
      const left = [...await tree.read()].filter(([, text]) => /denizen|\bdnz_/i.test(text)).map(([file]) =>
        file
      );

      assert.deepEqual(left.filter((file) => !KEPT.test(file)), []);
      assert.match(report.join("\n"), /Changed \d+ files in src\/\n.*API keys start with acmecloud_live_/s);
      assert.equal(pictures, 1);
    });

    await t.step("the same name again changes nothing, and a third is refused", async () => {
      assert.deepEqual(await renameTo(guidesName!), [
        "The product is called Acme Cloud already. Nothing was changed.",
      ]);
      await assert.rejects(renameTo("Globex"), /is called Acme Cloud already. Undo that renaming first/);
    });

    await t.step("text that a merge brings gets the name, too", async () => {
      await tree.write(
        "views/merged.ts",
        'export const merged = ["Denizen", "denizen_owner", "createDenizenClient"];\n',
      );
      await renameTo(guidesName!);

      const merged = (await tree.read()).get("views/merged.ts");
      assert.equal(
        merged,
        'export const merged = ["Acme Cloud", "acmecloud_owner", "createAcmeCloudClient"];\n',
      );
    });

    await t.step("what is generated from the settings has the name already", async () => {
      const before = await tree.read();

      await tree.run("deno task --quiet settings");

      assert.deepEqual(await tree.read(), before);
    });

    await t.step("it is formatted, and the core of the tests passes", async () => {
      await tree.run("deno fmt --check src routes views db cli jobs docs");
      await tree.run("deno task --quiet css");
      await tree.run("deno run --quiet --no-prompt -P=test tests/support/database.ts");
      await tree.run(`deno test --quiet --no-check --no-prompt --parallel -P=test ${CORE}`);
    });
  },
});
