import assert from "node:assert/strict";
import { join } from "node:path";
import { documentedSteps, parseTask } from "../support/backup_docs.ts";
import { cli, ServerProcess } from "../support/process.ts";

/** Protects: the embedded database is backed up while a server runs on it, and comes back in another folder. */

Deno.test("the embedded database is backed up beside a running server, and restored elsewhere", async (t) => {
  const parent = await Deno.makeTempDir({ prefix: "denizen-" });
  const [source, target] = [join(parent, "a"), join(parent, "b")];
  const file = join(source, "backups/tuesday.backup");
  const steps = await documentedSteps([[".data/", `${source}/`]]);
  const [backup, restore] = steps.slice(-2).map(({ text }) => parseTask(text).args);
  const inSource = (...args: string[]) => cli({ DATA_DIR: source }, ...args);
  const inTarget = (...args: string[]) => cli({ DATA_DIR: target }, ...args);
  try {
    await t.step("a folder without a database is refused", async () => {
      const { code, stderr } = await inSource("db", "backup", file);
      assert.equal(code, 1);
      assert.match(stderr, /There is no database in/);
    });

    await inSource("setup", "--admin-email", "ada@acme.example", "--json");
    {
      await using server = await ServerProcess.start({ DATA_DIR: source, TENANT_POOL_SIZE: "0" });
      await server.ready();
      const owner = ["--owner-email", "ada@acme.example"];
      const created = await inSource("tenants", "create", "Acme", "acme", ...owner);
      assert.equal(created.code, 0, created.stderr);

      await t.step("the backup waits for no stop, and the server goes on", async () => {
        const { code, stderr } = await inSource(...backup!);
        assert.equal(code, 0, stderr);
        const after = await inSource("tenants", "create", "Globex", "globex", ...owner);
        assert.equal(after.code, 0, after.stderr);
      });
    }

    await t.step("the drill restores it and leaves nothing behind", async () => {
      const before = await namesIn(source);
      const { code, stderr } = await inSource("db", "restore", "--drill", file);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /The backup can be restored/);
      assert.deepEqual(await namesIn(source), before);
    });

    await t.step("a restore over a database is refused", async () => {
      const { code, stderr } = await inSource("db", "restore", file);
      assert.equal(code, 1);
      assert.match(stderr, /postgres" exists\. Nothing changed\. Stop the server and move the folder away/);
    });

    await t.step("a restore of a damaged file is refused, and creates no database", async () => {
      await Deno.mkdir(target, { mode: 0o700 });
      const damaged = join(target, "damaged.backup");
      const bytes = await Deno.readFile(file);
      bytes[bytes.length - 1_000]! ^= 1;
      await Deno.writeFile(damaged, bytes);
      const { code, stderr } = await inTarget("db", "restore", damaged);
      assert.equal(code, 1);
      assert.match(stderr, /is damaged/);
      assert.deepEqual(await namesIn(target), ["damaged.backup"]);
    });

    await t.step("the restored database has the workspace of that time, and works", async () => {
      await Deno.mkdir(join(target, "backups"));
      await Deno.rename(file, join(target, "backups/tuesday.backup"));
      const restored = await inTarget(...restore!.map((word) => word.replace(source, target)));
      assert.equal(restored.code, 0, restored.stderr);
      const listed = JSON.parse((await inTarget("tenants", "list", "--json")).stdout);
      assert.deepEqual(listed.map(({ subdomain }: { subdomain: string }) => subdomain), ["acme"]);
      const drift = await inTarget("db", "status", "--drift");
      assert.equal(drift.code, 0, drift.stderr);
    });

    await t.step("a database without a server is backed up as well", async () => {
      const { code, stderr } = await inTarget("db", "backup", join(target, "wednesday.backup"));
      assert.equal(code, 0, stderr);
    });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}
