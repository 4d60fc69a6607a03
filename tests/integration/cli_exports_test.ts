import assert from "node:assert/strict";
import { type EmbeddedDatabase, startEmbedded } from "../../db/embedded/embedded.ts";
import { newDataFolder, openTestDatabase, serverUrl } from "../support/database.ts";
import { bundledCli as cli } from "../support/process.ts";

/** Protects: an operator moves a tenant from file to file with the CLI, and a failure leaves neither a file nor a tenant. */

Deno.test("tenants export and tenants import", async (t) => {
  const folder = await newDataFolder();
  const database = serverUrl ? await openTestDatabase() : undefined;
  const variables: Record<string, string> = { ...database?.variables, DATA_DIR: folder };
  const run = (...args: string[]) => cli(variables, ...args);
  const file = `${folder}/acme.tar.gz`;
  let embedded: EmbeddedDatabase | undefined;
  try {
    await run("setup", "--admin-email", "root@example.com");
    if (!database) embedded = await startEmbedded(folder); // as beside a running server
    await run("tenants", "create", "Acme", "acme", "--owner-email", "ada@acme.example");

    await t.step("export writes a file that only its owner reads", async () => {
      const { code, stdout, stderr } = await run("tenants", "export", "acme", file, "--json");

      assert.equal(code, 0, stderr);
      const { rows, tables } = JSON.parse(stdout);
      assert.ok(rows >= 2 && tables > 10, stdout);
      assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
    });

    await t.step("export never replaces a file, and leaves none behind when it fails", async () => {
      const before = await Deno.readFile(file);

      const again = await run("tenants", "export", "acme", file);
      const unknown = await run("tenants", "export", "nobody", `${folder}/nobody.tar.gz`);

      assert.deepEqual([again.code, unknown.code], [1, 1]);
      assert.match(again.stderr, /exists already/);
      assert.deepEqual(await Deno.readFile(file), before);
      await assert.rejects(Deno.stat(`${folder}/nobody.tar.gz`));
    });

    await t.step("export says which files it may write", async () => {
      const { code, stderr } = await run("tenants", "export", "acme", "/etc/acme.tar.gz");

      assert.equal(code, 1);
      assert.match(stderr, /only use files in DATA_DIR/);
    });

    await t.step("import creates a tenant under another subdomain", async () => {
      const { code, stdout, stderr } = await run(
        "tenants",
        "import",
        file,
        "--subdomain",
        "acme-2",
        "--plan",
        "team",
        "--json",
      );

      assert.equal(code, 0, stderr);
      const { name, subdomain, plan, members_joined } = JSON.parse(stdout);
      assert.deepEqual([name, subdomain, plan, members_joined], ["Acme", "acme-2", "team", 1]);
    });

    await t.step("import refuses a taken address, a broken file, and a missing one", async () => {
      const broken = `${folder}/broken.tar.gz`;
      await Deno.writeFile(broken, (await Deno.readFile(file)).slice(0, 500));

      const taken = await run("tenants", "import", file);
      const refused = await run("tenants", "import", broken, "--subdomain", "acme-3");
      const missing = await run("tenants", "import", `${folder}/none.tar.gz`);
      const wrong = await run("tenants", "import", file, "--subdomain", "Not a name");
      const listed = JSON.parse((await run("tenants", "list", "--json")).stdout);

      assert.deepEqual([taken.code, refused.code, missing.code, wrong.code], [1, 1, 1, 2]);
      assert.match(taken.stderr, /taken/);
      assert.match(refused.stderr, /complete workspace archive/);
      assert.match(missing.stderr, /not found/);
      assert.equal(listed.length, 2);
    });
  } finally {
    await embedded?.close();
    await database?.close();
    await Deno.remove(folder, { recursive: true });
  }
});
