import assert from "node:assert/strict";
import { join } from "node:path";
import { cli, killedCli, ServerProcess } from "../support/process.ts";

/** Protects: DATA_DIR survives a killed process. It is readable only by its owner, or rejected with a reason. */

const OTHERS = 0o077;

Deno.test("a first start killed at any moment leaves a folder that the next start can use", async (t) => {
  const parent = await Deno.makeTempDir({ prefix: "denizen-" });
  const folder = join(parent, "Ada's data");
  const variables = { DATA_DIR: folder };
  const moments = [
    () => exists(join(folder, "postgres/global/pg_control")),
    () => exists(join(folder, "postgres/base/1/PG_VERSION")),
  ];
  try {
    for (const [index, moment] of moments.entries()) {
      await t.step(`kill ${index + 1}`, () => killedCli(variables, moment, "db", "migrate"));
    }

    await t.step("the next start creates the database again", async () => {
      const { code, stderr } = await cli(variables, "db", "migrate");
      assert.equal(code, 0, stderr);
      assert.equal(await exists(join(folder, "postgres.unfinished")), false);
    });

    await t.step("a server closes the folder and its files to other users", async () => {
      await Deno.chmod(folder, 0o755);
      await Deno.writeFile(join(folder, "jobs.kv"), new Uint8Array(), { mode: 0o644 });

      await using server = await ServerProcess.start(variables);
      await server.ready();

      assert.equal((await Deno.stat(folder)).mode! & 0o777, 0o700);
      for await (const { name } of Deno.readDir(folder)) {
        assert.equal((await Deno.stat(join(folder, name))).mode! & OTHERS, 0, name);
      }
      assert.equal((await server.stop()).code, 0);
    });

    await t.step("an error names a database that can't be opened, with instructions", async () => {
      await Deno.remove(join(folder, "postgres/global/pg_control"));

      const { code, stderr } = await cli(variables, "db", "status");

      assert.equal(code, 1);
      assert.match(stderr, /The embedded database in ".*Ada's data\/postgres" can't be opened/);
      assert.match(stderr, /if it never held any data, delete it and start again/);
    });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});

Deno.test("a folder that can't be private to Denizen is rejected with one line and left unchanged", async (t) => {
  const shared = await Deno.makeTempDir({ prefix: "denizen-" });
  try {
    await t.step("a folder that others can read, with other files in it", async () => {
      await Deno.writeTextFile(join(shared, "index.html"), "");
      await Deno.chmod(shared, 0o755);

      const { code, stderr } = await cli({ DATA_DIR: shared }, "db", "status");

      assert.equal(code, 1);
      assert.match(
        stderr,
        /^error: DATA_DIR: other users can read ".*", and it contains other files\. Run "chmod 700 /,
      );
      assert.equal((await Deno.stat(shared)).mode! & 0o777, 0o755);
      assert.deepEqual((await Array.fromAsync(Deno.readDir(shared))).map(({ name }) => name), ["index.html"]);
    });

    await t.step("a folder whose path has a comma, which Deno can't grant", async () => {
      const { code, stderr } = await cli({ DATA_DIR: join(shared, "one,two") }, "db", "status");

      assert.equal(code, 1);
      assert.match(
        stderr,
        /^error: DATA_DIR: Deno can't grant access to ".*one,two" because of its comma; use a path/,
      );
    });
  } finally {
    await Deno.remove(shared, { recursive: true });
  }
});

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
