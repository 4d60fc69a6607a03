import assert from "node:assert/strict";
import { openTestDatabase, serverUrl } from "../support/database.ts";
import { cli, type Outcome } from "../support/process.ts";

/** Protects: the CLI's commands, their JSON, and their exit codes: 0 done, 1 failed, 2 wrong use. */

Deno.test("the CLI, from an empty installation on", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "denizen-" });
  const database = serverUrl ? await openTestDatabase() : undefined;
  const variables: Record<string, string> = database && "url" in database.address
    ? { DATABASE_URL: database.address.url }
    : { DATA_DIR: folder };
  const run = (...args: string[]) => cli(variables, ...args);
  try {
    if (!database) {
      await t.step("what needs the schema says how to get it", async () => {
        const { code, stderr } = await run("tenants", "list");
        assert.equal(code, 1);
        assert.match(stderr, /denizen db migrate/);
      });
    }

    await t.step("setup migrates, makes the administrator and prints a one-time link", async () => {
      const { code, stdout } = await run("setup", "--admin-email", "Root@Example.com", "--json");
      assert.equal(code, 0);
      const { email, set_password_link } = JSON.parse(stdout);
      assert.equal(email, "root@example.com");
      assert.match(set_password_link, /^http:\/\/localhost:8000\/reset-password\?token=[\w-]{43}$/);
    });

    await t.step("setup with a password makes no link, and can be repeated", async () => {
      const done = await run(
        "setup",
        "--admin-email",
        "root@example.com",
        "--admin-password",
        "correct horse battery",
        "--json",
      );
      const weak = await run(
        "setup",
        "--admin-email",
        "root@example.com",
        "--admin-password",
        "password1234",
      );
      assert.equal(done.code, 0);
      assert.equal("set_password_link" in JSON.parse(done.stdout), false);
      assert.equal(weak.code, 1);
      assert.match(weak.stderr, /error: password: /);
    });

    await t.step("a tenant is made, listed and shown by subdomain and id", async () => {
      const created = json(
        await run(
          "tenants",
          "create",
          "Acme Robotics",
          "acme",
          "--owner-email",
          "ada@acme.example",
          "--plan",
          "team",
          "--json",
        ),
      );
      const listed = json(await run("tenants", "list", "--json"));
      const shown = json(await run("tenants", "show", created.id, "--json"));
      assert.deepEqual([created.name, created.plan, created.status, created.owner_email], [
        "Acme Robotics",
        "team",
        "active",
        "ada@acme.example",
      ]);
      assert.deepEqual(listed.map(({ subdomain }: { subdomain: string }) => subdomain), ["acme"]);
      assert.equal(shown.subdomain, "acme");
    });

    await t.step("what can't be is refused with the reason, and nothing is made", async () => {
      const taken = await run("tenants", "create", "Other", "acme", "--owner-email", "x@acme.example");
      const reserved = await run("tenants", "create", "Other", "www", "--owner-email", "x@acme.example");
      const unknown = await run("tenants", "show", "nowhere");
      const wrongPlan = await run(
        "tenants",
        "create",
        "Other",
        "other",
        "--owner-email",
        "x@acme.example",
        "--plan",
        "gold",
      );
      assert.deepEqual([taken, reserved, unknown, wrongPlan].map(({ code }) => code), [1, 1, 1, 1]);
      assert.match(taken.stderr, /subdomain: This address is taken/);
      assert.match(reserved.stderr, /subdomain: This name is reserved/);
      assert.match(unknown.stderr, /"nowhere" was not found/);
      assert.equal(
        json(await run("users", "list", "--json")).some(({ email }: { email: string }) =>
          email === "x@acme.example"
        ),
        false,
      );
    });

    await t.step("a user is made a member, once, and listed by tenant and role", async () => {
      const created = json(
        await run("users", "create", "mei@acme.example", "--tenant-id", "acme", "--role", "viewer", "--json"),
      );
      const quiet = json(
        await run("users", "create", "jo@acme.example", "--tenant-id", "acme", "--no-send-invite", "--json"),
      );
      const again = await run("users", "create", "mei@acme.example", "--tenant-id", "acme");
      const viewers = json(await run("users", "list", "--tenant-id", "acme", "--role", "viewer", "--json"));
      const limited = json(await run("users", "list", "--limit", "1", "--json"));
      assert.ok(created.set_password_link);
      assert.equal("set_password_link" in quiet, false);
      assert.equal(again.code, 1);
      assert.deepEqual(
        viewers.map(({ email, roles }: { email: string; roles: string[] }) => [email, roles]),
        [["mei@acme.example", ["viewer"]]],
      );
      assert.equal(limited.length, 1);
    });

    await t.step("status shows control and every tenant up to date", async () => {
      const rows = json(await run("db", "status", "--json"));
      assert.ok(rows.length >= 2);
      assert.ok(rows.every(({ state }: { state: string }) => state === "applied"));
    });

    await t.step("seed adds sample companies once", async () => {
      const first = json(await run("db", "seed", "--json"));
      const second = await run("db", "seed");
      assert.deepEqual(first.map(({ company }: { company: string }) => company), [
        "Northwind Robotics",
        "Harbour & Pine",
      ]);
      assert.equal(second.code, 1);
    });

    await t.step("without --json people get a table", async () => {
      assert.match((await run("tenants", "list")).stdout, /│ Acme Robotics/);
    });

    await t.step("config check tells what the database allows", async () => {
      const { code, stdout } = await run("config", "check", "--json");
      const findings = JSON.parse(stdout);
      assert.equal(code, 0);
      for (
        const check of [
          "database: set_config",
          "database: pg_settings",
          "database: temporary tables",
          "database: login",
        ]
      ) {
        assert.equal(
          findings.find((finding: { check: string }) => finding.check === check).status,
          "ok",
          check,
        );
      }
    });

    await t.step("wrong use is exit code 2, with what is possible", async () => {
      const outcomes = [
        await run("tenants", "create"),
        await run("nonsense"),
        await run("tenants", "list", "--wrong"),
        await run("setup"),
      ];
      assert.deepEqual(outcomes.map(({ code }) => code), [2, 2, 2, 2]);
      assert.match(outcomes[0]!.stderr, /required option '--owner-email/);
    });

    await t.step("help is exit code 0", async () => {
      const { code, stdout } = await run("tenants", "--help");
      assert.equal(code, 0);
      assert.match(stdout, /create .*name.* .*subdomain/);
    });

    await t.step("reset asks first where it can, and removes everything with --yes", async () => {
      const unasked = await run("db", "reset");
      const done = await run("db", "reset", "--yes", "--json");
      assert.equal(unasked.code, 1);
      assert.match(unasked.stderr, /--yes/);
      assert.equal(done.code, 0);
      assert.deepEqual(json(await run("tenants", "list", "--json")), []);
    });

    await t.step("a production database is not reset", async () => {
      const outcome = await cli(
        { ...variables, DENO_ENV: "production", APP_SECRET: "s".repeat(40) },
        "db",
        "reset",
        "--yes",
      );
      assert.equal(outcome.code, 1);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
    await database?.close();
  }
});

// deno-lint-ignore no-explicit-any -- a test reads what it expects to be there, and fails where it isn't
function json({ code, stdout, stderr }: Outcome): any {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
