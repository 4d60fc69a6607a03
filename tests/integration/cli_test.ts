import assert from "node:assert/strict";
import { type EmbeddedDatabase, startEmbedded } from "../../db/embedded/embedded.ts";
import { DEVELOPMENT_SECRET } from "../../src/config/settings.ts";
import { parseConfig } from "../../src/config.ts";
import { openTestDatabase, serverUrl } from "../support/database.ts";
import { bundledCli as cli, bundledCliWithInput as cliWithInput, type Outcome } from "../support/process.ts";
import { PRODUCTION } from "../support/production.ts";

/**
 * Protects: the CLI's commands, their JSON, and their exit codes: 0 success, 1 failure, 2 usage error. Runs the bundle that
 * the compiled binary is built from. The tests of jobs and migrations run the CLI from source.
 */

Deno.test("the CLI works from an empty installation", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "denizen-" });
  const database = serverUrl ? await openTestDatabase() : undefined;
  const variables: Record<string, string> = database?.variables ?? { DATA_DIR: folder };
  const run = (...args: string[]) => cli(variables, ...args);
  let embedded: EmbeddedDatabase | undefined;
  try {
    if (!database) {
      await t.step("commands that need the schema say how to create it", async () => {
        const { code, stderr } = await run("tenants", "list");
        assert.equal(code, 1);
        assert.match(stderr, /denizen db migrate/);
      });
    }

    await t.step("setup migrates, creates the administrator and prints a one-time link", async () => {
      const { code, stdout } = await run("setup", "--admin-email", "Root@Example.com", "--json");
      assert.equal(code, 0);
      const { email, set_password_link } = JSON.parse(stdout);
      assert.equal(email, "root@example.com");
      assert.match(set_password_link, /^http:\/\/localhost:8000\/reset-password\?token=[\w-]{43}$/);
    });

    // From here on, the database is already open, as beside a running server, so each command is faster.
    if (!database) embedded = await startEmbedded(folder);

    await t.step(
      "setup reads a password from standard input or the environment and prints no link",
      async () => {
        const setup = ["setup", "--admin-email", "root@example.com", "--json"];
        const password = "correct horse battery";
        const answers = [
          await cliWithInput(variables, `${password}\nrest`, ...setup, "--admin-password-stdin"),
          await cliWithInput(variables, `${password}\r\n`, ...setup, "--admin-password", "-"),
          await cli({ ...variables, ADMIN_PASSWORD: password }, ...setup),
        ];
        for (const { code, stdout, stderr } of answers) {
          assert.equal(code, 0, stderr);
          assert.equal("set_password_link" in JSON.parse(stdout), false);
          assert.doesNotMatch(stderr, /warning/);
        }
      },
    );

    await t.step(
      "setup accepts a password on the command line and warns that others can see it",
      async () => {
        const setup = ["setup", "--admin-email", "root@example.com", "--json"];
        const { code, stdout, stderr } = await run(...setup, "--admin-password", "correct horse battery");
        assert.equal(code, 0);
        assert.equal("set_password_link" in JSON.parse(stdout), false);
        assert.match(stderr, /^warning: Other users of this machine can see --admin-password/);
        assert.doesNotMatch(stderr, /battery/);
      },
    );

    await t.step("setup rejects a weak password, empty standard input and two passwords", async () => {
      const setup = ["setup", "--admin-email", "root@example.com"];
      const weak = await cliWithInput(variables, "password1234\n", ...setup, "--admin-password-stdin");
      const none = await run(...setup, "--admin-password-stdin");
      const both = await run(...setup, "--admin-password-stdin", "--admin-password", "correct horse battery");
      assert.deepEqual([weak, none, both].map(({ code }) => code), [1, 2, 2]);
      assert.match(weak.stderr, /error: password: /);
      assert.match(none.stderr, /Standard input contains no password/);
      assert.match(both.stderr, /cannot be used with/);
    });

    await t.step("a tenant can be created, listed, and shown by subdomain or id", async () => {
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
      const shouted = json(await run("tenants", "show", "ACME", "--json"));
      assert.deepEqual([created.name, created.plan, created.status, created.owner_email], [
        "Acme Robotics",
        "team",
        "active",
        "ada@acme.example",
      ]);
      assert.deepEqual(listed.map(({ subdomain }: { subdomain: string }) => subdomain), ["acme"]);
      assert.deepEqual([shown.subdomain, shouted.subdomain], ["acme", "acme"]);
    });

    await t.step("invalid tenants are rejected with the reason, and nothing is created", async () => {
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
      assert.deepEqual([taken, reserved, unknown, wrongPlan].map(({ code }) => code), [1, 1, 1, 2]);
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

    await t.step("a user becomes a member once and is listed by tenant and role", async () => {
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

    await t.step("a user can be renamed and signed out, by email or id", async () => {
      const renamed = json(
        await run("users", "update", "Mei@acme.example", "--name", "Mei Tanaka", "--json"),
      );
      const again = json(await run("users", "update", renamed.id, "--name", "Mei T.", "--json"));
      const sessions = json(await run("users", "sessions", renamed.id, "--revoke", "--json"));
      const factors = json(
        await run("users", "disable-mfa", renamed.id, "--reason", "Met in person.", "--json"),
      );
      const unknown = await run("users", "sessions", "nobody@acme.example");
      const nameless = await run("users", "update", renamed.id, "--name", " ");

      assert.deepEqual([renamed.email, renamed.name, again.name], [
        "mei@acme.example",
        "Mei Tanaka",
        "Mei T.",
      ]);
      assert.deepEqual(sessions, []);
      assert.equal(factors.removed_factors, 0);
      assert.deepEqual([unknown.code, nameless.code], [1, 1]);
      assert.match(unknown.stderr, /The user nobody@acme\.example was not found/);
    });

    await t.step("a user gets another email, which is logged, and a link to reset the password", async () => {
      const taken = await run("users", "update", "jo@acme.example", "--email", "mei@acme.example");
      const same = await run("users", "update", "jo@acme.example", "--email", "jo@acme.example");
      const wrong = await run("users", "update", "jo@acme.example", "--email", "nobody");
      const moved = json(
        await run("users", "update", "jo@acme.example", "--email", "Joe@Acme.example", "--json"),
      );
      const emailed = json(await run("users", "reset-password", moved.id, "--json"));
      const printed = json(
        await run("users", "reset-password", "joe@acme.example", "--print-link", "--json"),
      );
      const log = json(await run("audit", "list", "--subject", moved.id, "--json"));

      assert.deepEqual([taken.code, same.code, wrong.code], [1, 1, 1]);
      assert.match(taken.stderr, /email: Another account uses this email/);
      assert.equal(moved.email, "joe@acme.example");
      assert.deepEqual(emailed, { id: moved.id, email: "joe@acme.example", emailed: true });
      assert.equal(printed.emailed, false);
      assert.match(printed.set_password_link, /\/reset-password\?token=[\w-]{43}$/);
      assert.deepEqual(log.map(({ action }: { action: string }) => action), [
        "user.password_link_sent",
        "user.email_changed",
      ]);
      await run("users", "update", moved.id, "--email", "jo@acme.example");
    });

    await t.step("a tenant can require a second factor", async () => {
      const required = json(await run("tenants", "update", "acme", "--second-factor", "7", "--json"));
      const shown = json(await run("tenants", "show", "acme", "--json"));
      const none = json(await run("tenants", "update", "acme", "--second-factor", "none", "--json"));
      const wrong = await run("tenants", "update", "acme", "--second-factor", "soon");

      assert.match(required.second_factor_from, /^\d{4}-/);
      assert.equal(shown.second_factor_from, required.second_factor_from);
      assert.equal(none.second_factor_from, null);
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /Use a number of days from 0 to 90, or none\./);
    });

    await t.step("a user gets another role, and is removed, but never as the last owner", async () => {
      const inAcme = ["--tenant-id", "acme"];
      const changed = json(
        await run("users", "update", "mei@acme.example", "--role", "admin", ...inAcme, "--json"),
      );
      const nowhere = await run("users", "update", "mei@acme.example", "--role", "admin");
      const removed = json(await run("users", "remove", "mei@acme.example", "--json"));
      const again = await run("users", "remove", "mei@acme.example", ...inAcme);
      const owner = await run("users", "remove", "ada@acme.example", ...inAcme);
      const left = json(await run("users", "list", ...inAcme, "--json"));

      assert.equal(changed.role, "admin");
      assert.deepEqual(removed.removed_from, ["acme"]);
      assert.deepEqual([nowhere.code, again.code, owner.code], [2, 1, 1]);
      assert.match(owner.stderr, /is the only owner/);
      assert.ok(!left.some(({ email }: { email: string }) => email === "mei@acme.example"));
    });

    await t.step("a tenant can be renamed, moved, suspended with a reason and resumed", async () => {
      const moved = json(
        await run("tenants", "update", "acme", "--name", "Acme GmbH", "--subdomain", "acme-gmbh", "--json"),
      );
      const suspended = json(
        await run("tenants", "suspend", "acme-gmbh", "--reason", "An open invoice.", "--json"),
      );
      const listed = json(await run("tenants", "list", "--status", "suspended", "--json"));
      const twice = await run("tenants", "suspend", "acme-gmbh");
      const resumed = json(await run("tenants", "resume", "acme-gmbh", "--json"));
      const back = json(await run("tenants", "update", "acme-gmbh", "--subdomain", "acme", "--json"));
      assert.deepEqual([moved.name, moved.subdomain], ["Acme GmbH", "acme-gmbh"]);
      assert.deepEqual([suspended.status, suspended.suspension_reason], ["suspended", "An open invoice."]);
      assert.deepEqual(listed.map(({ subdomain }: { subdomain: string }) => subdomain), ["acme-gmbh"]);
      assert.equal(twice.code, 1);
      assert.match(twice.stderr, /is already suspended/);
      assert.equal(resumed.status, "active");
      assert.equal(back.subdomain, "acme");
    });

    await t.step("a deletion can be scheduled, canceled, or done at once with --now", async () => {
      json(await run("tenants", "create", "Gone", "gone", "--owner-email", "ada@acme.example", "--json"));
      const scheduled = json(await run("tenants", "delete", "gone", "--json"));
      const kept = json(await run("tenants", "keep", "gone", "--json"));
      const unasked = await run("tenants", "delete", "gone", "--now");
      const stillThere = await run("tenants", "show", "gone");
      const deleted = json(await run("tenants", "delete", "gone", "--now", "--yes", "--json"));
      const gone = await run("tenants", "show", "gone");
      assert.ok(new Date(scheduled.deletion_scheduled_for) > new Date());
      assert.equal(kept.deletion_scheduled_for, null);
      assert.equal(unasked.code, 1);
      assert.match(unasked.stderr, /can't be undone/);
      assert.equal(stillThere.code, 0);
      assert.equal(deleted.deleted, true);
      assert.equal(gone.code, 1);
    });

    await t.step("the audit logs are listed with filters, whatever the tenant's plan", async () => {
      const platform = json(
        await run("audit", "list", "--action", "tenant.created", "--limit", "1", "--json"),
      );
      const own = json(await run("audit", "list", "--tenant-id", "acme", "--actor", "system", "--json"));
      const wrong = await run("audit", "list", "--since", "yesterday");
      assert.deepEqual(platform.map(({ action }: { action: string }) => action), ["tenant.created"]);
      assert.equal(own.at(-1).action, "tenant.created");
      assert.equal(own.at(-1).actor_type, "system");
      assert.equal(wrong.code, 2);
    });

    await t.step("the audit logs verify", async () => {
      const platform = json(await run("audit", "verify", "--json"));
      const own = json(await run("audit", "verify", "--tenant-id", "acme", "--json"));
      assert.equal(platform.broken_at, null);
      assert.equal(own.broken_at, null);
      assert.ok(platform.lines > own.lines && own.lines > 0);
    });

    await t.step("status shows that control and all tenants are up to date, without drift", async () => {
      const rows = json(await run("db", "status", "--json"));
      const drift = await run("db", "status", "--drift");
      assert.ok(rows.length >= 2);
      assert.ok(rows.every(({ state }: { state: string }) => state === "applied"));
      assert.equal(drift.code, 0);
      assert.match(drift.stderr, /match the migrations/);
    });

    await t.step("migrate says when there is nothing to do, with or without --dry-run", async () => {
      const report = json(await run("db", "migrate", "--concurrency", "2", "--json"));
      const plan = json(await run("db", "migrate", "--dry-run", "--json"));
      const wrong = await run("db", "migrate", "--concurrency", "many");
      assert.deepEqual(report, { control: [], migrated: 0, failed: 0, left: 0, stopped: null });
      assert.deepEqual(plan, []);
      assert.equal(wrong.code, 2);
    });

    await t.step("seed adds the sample companies once", async () => {
      const first = json(await run("db", "seed", "--json"));
      const second = await run("db", "seed");
      assert.deepEqual(first.map(({ company }: { company: string }) => company), [
        "Northwind Robotics",
        "Harbor & Pine",
      ]);
      assert.equal(second.code, 1);
    });

    await t.step("users export prints a person's data, and users delete ends the account", async () => {
      await run("users", "create", "leaver@acme.example", "--tenant-id", "acme", "--no-send-invite");

      const exported = json(await run("users", "export", "leaver@acme.example"));
      const unconfirmed = await run("users", "delete", "leaver@acme.example");
      const deleted = json(await run("users", "delete", "leaver@acme.example", "--yes", "--json"));
      const gone = await run("users", "export", "leaver@acme.example");

      assert.equal(exported.workspaces[0].subdomain, "acme");
      assert.equal(unconfirmed.code, 2);
      assert.equal(deleted.deleted, true);
      assert.equal(gone.code, 1);
    });

    await t.step("commands print a table without --json", async () => {
      assert.match((await run("tenants", "list")).stdout, /│ Acme GmbH/);
    });

    await t.step("the audit logs name who runs the CLI", async () => {
      const ada = { ...variables, USER: "ada" };
      const newest = ["audit", "list", "--limit", "1", "--json"];
      await cli(ada, "tenants", "suspend", "acme");
      const own = json(await run(...newest, "--tenant-id", "acme"));
      const platform = json(await run(...newest));
      await run("tenants", "resume", "acme");

      for (const [{ action, actor }] of [own, platform]) {
        assert.deepEqual([action, actor], ["tenant.suspended", "cli:ada"]);
      }
    });

    await t.step("doctor checks each part, says what to do, and fails only for problems", async () => {
      // Jobs that have waited for two minutes are a problem.
      await run("jobs", "work", "--drain");
      const fine = await run("doctor", "--json");
      const lines = await run("doctor");
      const down = { ...variables, REDIS_URL: "redis://127.0.0.1:1", APP_URL: "http://denizen.invalid" };
      const broken = await cli({ ...down, DENO_ENV: "test" }, "doctor", "--json");
      const wrong = await cli({ ...variables, PORT: "x" }, "doctor");

      const found = statusesOf(fine);
      assert.equal(fine.code, 0, fine.stdout);
      for (
        const check of [
          "version",
          "database",
          "clock",
          "migrations",
          "redis",
          "email",
          "stripe",
          "dns",
          "disk",
        ]
      ) {
        assert.equal(found.get(check), "ok", check);
      }
      assert.deepEqual([found.get("administrator"), found.get("database: roles")], ["ok", "ok"]);
      assert.match(
        lines.stdout,
        /^ok {7}version: Denizen [\d.]+ on Deno [^]*^warning {2}server: none answers[^]*→ Start it/m,
      );
      assert.ok(!lines.stdout.includes("\x1b"));
      assert.equal(broken.code, 1);
      assert.deepEqual([statusesOf(broken).get("redis"), statusesOf(broken).get("dns")], [
        "problem",
        "problem",
      ]);
      assert.match(broken.stdout, /Add A, AAAA or CNAME records for denizen\.invalid/);
      assert.deepEqual([wrong.code, /^problem {2}settings: PORT/m.test(wrong.stdout)], [1, true]);
    });

    await t.step("health reports the checks of /health while no server runs", async () => {
      const { status, checks, version } = json(await run("health", "--json"));

      assert.equal(status, "healthy");
      assert.match(version, /^\d+\.\d+\.\d+$/);
      assert.deepEqual(checks.map(({ name }: { name: string }) => name), [
        "database",
        "cache",
        "queue",
        "mail",
        "disk",
      ]);
    });

    await t.step("status shows queues and tenants on one screen, and refreshes with --watch", async () => {
      const status = json(await run("status", "--json"));
      const screen = await run("status");
      const wrong = await run("status", "--watch", "--interval", "0");

      assert.equal(status.requests, null);
      assert.equal(status.tenants.team, 3);
      assert.ok(status.queues.some(({ queue }: { queue: string }) => queue === "email"));
      assert.match(screen.stdout, /No server answers[^]*│ email [^]*Tenants: \d/);
      assert.equal(wrong.code, 2);
    });

    await t.step("campaigns of all tenants are listed, and an unknown one says so", async () => {
      const listed = json(await run("campaigns", "list", "--json"));
      const unknown = await run("campaigns", "send", "01900000-0000-7000-8000-000000000000");

      assert.deepEqual(listed, []);
      assert.equal(unknown.code, 1);
      assert.match(unknown.stderr, /This campaign was not found\./);
    });

    await t.step("completions prints a script, and rejects other shells", async () => {
      const bash = await run("completions", "bash");
      const other = await run("completions", "powershell");

      assert.equal(bash.code, 0);
      assert.match(bash.stdout, /complete -o default -F _denizen denizen\n$/);
      assert.deepEqual([other.code, /Allowed choices are bash, zsh, fish/.test(other.stderr)], [2, true]);
    });

    await t.step("config check shows what the database allows", async () => {
      const { code, stdout } = await run("config", "check", "--json");
      const findings = JSON.parse(stdout);
      assert.equal(code, 0);
      for (
        const check of [
          "database: set_config",
          "database: pg_settings",
          "database: temporary tables",
          "database: schema public",
          "database: login",
          "database: create role",
          "database: create schema",
        ]
      ) {
        assert.equal(
          findings.find((finding: { check: string }) => finding.check === check).status,
          "ok",
          check,
        );
      }
    });

    await t.step("config secrets prints fresh secrets each time, which production accepts", async () => {
      const [first, second] = [
        json(await run("config", "secrets", "--json")),
        json(await run("config", "secrets", "--json")),
      ];
      const lines = (await run("config", "secrets")).stdout.trim().split("\n");

      assert.deepEqual(Object.keys(first), ["APP_SECRET", "METRICS_TOKEN"]);
      assert.equal(new Set([...Object.values(first), ...Object.values(second)]).size, 4);
      assert.doesNotThrow(() => parseConfig({ ...PRODUCTION, ...first }));
      assert.ok(lines.every((line) => /^[A-Z_]+=[\w-]{43}$/.test(line)), lines.join());
    });

    await t.step(
      "config rotate-keys adds a signing key and seals secrets under the new APP_SECRET",
      async () => {
        const former = { APP_SECRET_PREVIOUS: DEVELOPMENT_SECRET };
        const secret = { APP_SECRET: "a new secret for the tests of the CLI" };

        const rotated = await cli({ ...variables, ...secret, ...former }, "config", "rotate-keys", "--json");
        const back = await cli(
          { ...variables, APP_SECRET_PREVIOUS: secret.APP_SECRET },
          "config",
          "rotate-keys",
          "--json",
        );

        const { signing_key, signs_from, resealed, removed_keys } = JSON.parse(rotated.stdout);
        assert.deepEqual([resealed, removed_keys], [1, 0]);
        assert.match(signing_key, /^[\w-]{43}$/);
        assert.match(signs_from, /^\d{4}-/);
        assert.equal(JSON.parse(back.stdout).resealed, 2);
      },
    );

    await t.step("S41 config check shows how email is sent, without any secret", async () => {
      const secrets = { user: "mail-user", password: "mail-passw0rd", webhook: "c2VjcmV0".repeat(4) };
      const { code, stdout, stderr } = await cli(
        {
          ...variables,
          DENO_ENV: "test",
          SMTP_URL: `smtps://${secrets.user}:${secrets.password}@mail.example.com:465`,
          EMAIL_FROM: "Acme <no-reply@example.com>",
          EMAIL_WEBHOOK_SECRET: `whsec_${secrets.webhook}`,
        },
        "config",
        "check",
        "--json",
      );
      assert.equal(code, 0);
      assert.match(stdout, /set, at mail\.example\.com/);
      for (const secret of Object.values(secrets)) assert.ok(!(stdout + stderr).includes(secret));
    });

    await t.step("a usage error exits with code 2 and shows the usage", async () => {
      const outcomes = [
        await run("tenants", "create"),
        await run("nonsense"),
        await run("tenants", "list", "--wrong"),
        await run("setup"),
        await run("tenants", "list", "--status", "asleep"),
        await run("tenants", "create", "X", "xx", "--owner-email", "x@acme.example", "--plan", "gold"),
        await run("users", "list", "--limit", "many"),
      ];
      assert.deepEqual(outcomes.map(({ code }) => code), [2, 2, 2, 2, 2, 2, 2]);
      assert.match(outcomes[6]!.stderr, /limit: Use a number from 1 to/);
      assert.match(outcomes[0]!.stderr, /required option '--owner-email/);
    });

    await t.step("without a terminal, setup doesn't ask, and says what to give", async () => {
      const { code, stderr } = await run("setup");
      assert.equal(code, 2);
      assert.match(stderr, /Give --admin-email\. Without a terminal, setup can't ask/);
    });

    await t.step("the help of all commands doesn't load them", async () => {
      const { code, stdout } = await run("--help");
      assert.equal(code, 0);
      assert.match(stdout, /tenants +Manages tenants\.[^]*doctor +Checks the whole installation/);
    });

    await t.step("help exits with code 0", async () => {
      const { code, stdout } = await run("tenants", "--help");
      assert.equal(code, 0);
      assert.match(stdout, /create .*name.* .*subdomain/);
    });

    await t.step("reset asks first, and deletes everything with --yes", async () => {
      const unasked = await run("db", "reset");
      const done = await run("db", "reset", "--yes", "--json");
      assert.equal(unasked.code, 1);
      assert.match(unasked.stderr, /--yes/);
      assert.equal(done.code, 0);
      assert.deepEqual(json(await run("tenants", "list", "--json")), []);
    });

    await t.step("reset refuses a production database", async () => {
      const outcome = await cli(
        { ...variables, ...PRODUCTION },
        "db",
        "reset",
        "--yes",
      );
      assert.equal(outcome.code, 1);
      assert.match(outcome.stderr, /reset a production database/);
    });
  } finally {
    await embedded?.close();
    await Deno.remove(folder, { recursive: true });
    await database?.close();
  }
});

function statusesOf({ stdout }: Outcome): Map<string, string> {
  return new Map(JSON.parse(stdout).map(({ check, status }: Record<string, string>) => [check, status]));
}

// deno-lint-ignore no-explicit-any -- tests read the fields they expect, and fail if a field is missing
function json({ code, stdout, stderr }: Outcome): any {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
