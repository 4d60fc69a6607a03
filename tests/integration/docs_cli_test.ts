import assert from "node:assert/strict";
import { parseCliLine } from "../support/cli_lines.ts";
import { CliScene } from "../support/cli_scene.ts";
import { openTestDatabase, serverUrl } from "../support/database.ts";
import { commandsIn, everyBlock } from "../support/guide_blocks.ts";
import type { Outcome, Running } from "../support/process.ts";
import { hasTerminals, inDialog } from "../support/terminal.ts";
import { addProject } from "../support/webhooks.ts";

/** Protects: every command of the CLI in the guides runs as it stands there, and shows what the guide says. */

/** The guide whose own tests run its commands, as processes: backup_test.ts and embedded_backup_test.ts. */
const RUN_ELSEWHERE = "docs/admin/backup.md";

type Line = Omit<Running, "variables"> & {
  /** What it prints. */
  shows: RegExp;
  before?: (scene: CliScene) => unknown;
  after?: (scene: CliScene, outcome: Outcome) => unknown;
  variables?: (scene: CliScene) => Record<string, string>;
  /** The exit code. By default 0. */
  code?: number;
};

const PASSWORD = "correct horse battery";
const ON_STRIPE: Pick<Line, "variables"> = { variables: ({ stripeVariables }) => stripeVariables };
const AS_SQL: Pick<Line, "after"> = { after: (scene, { stdout }) => scene.runSql(stdout) };

/** Every command in the guides, in an order in which each finds what it needs. */
const LINES: Record<string, Line> = {
  // README.md: a new installation
  "doctor": { shows: /^ok {7}version: [^]*^warning {2}administrator: [^]* 0 problems/m },
  "db migrate": { shows: /Everything is up to date/ },
  "setup --admin-email you@example.com": { shows: /you@example\.com[^]*\/reset-password\?token=/ },
  "setup --admin-email you@example.com --admin-password-stdin < password.txt": {
    input: `${PASSWORD}\n`,
    shows: /^(?![^]*reset-password)[^]*you@example\.com/,
  },
  "setup": { code: 2, shows: /Give --admin-email\. Without a terminal, setup can't ask/ },
  'tenants create "Acme Robotics" acme --owner-email ada@acme.example': { shows: /Acme Robotics[^]*starter/ },
  "users create mei@acme.example --tenant-id acme --role viewer": { shows: /viewer[^]*set_password_link/ },
  "tenants list --json": { shows: /"subdomain": "acme"/ },

  // docs/admin/cli.md
  "completions bash > /etc/bash_completion.d/denizen": { shows: /^complete .*denizen$/m },
  "completions zsh > ~/.zfunc/_denizen": { shows: /^#compdef denizen/ },
  "completions fish > ~/.config/fish/completions/denizen.fish": { shows: /^complete -c denizen/m },
  "db migrate --canary 10": { shows: /migrated/ },
  "db migrate --canary 20": { shows: /migrated/ },
  "db migrate --concurrency 8": { shows: /Everything is up to date/ },
  "db migrate --dry-run": { shows: /\(none\)/ },
  "db status": { shows: /control[^]*applied[^]* 1 tenant schema, 0 of them ready/ },
  "db status --drift": { shows: /All schemas match the migrations/ },
  "db repair --dry-run": { shows: /No roles are missing/ },
  "MIGRATION_DATABASE_URL=postgres://postgres:…@db.example.com/denizen db repair": {
    shows: /No roles are missing/,
  },
  "db backups": { shows: /s3:denizen-2026-03-01T030000Z\.backup\.age/ },
  "db hardening > hardening.sql": { ...AS_SQL, shows: /REVOKE/i },
  "db hardening | psql -d denizen": { ...AS_SQL, shows: /REVOKE/i },
  "db hardening | psql -U postgres -d denizen": { ...AS_SQL, shows: /REVOKE/i },
  "config check": { shows: /DATABASE_URL[^]*database: / },
  "DATABASE_URL=postgres://denizen:…@db.example.com/denizen config check": { shows: /database: / },
  "config secrets >> .env": { shows: /^APP_SECRET=\S{40,}\nMETRICS_TOKEN=\S{40,}\n/ },
  "config rotate-keys": { shows: /signing_key/ },

  "tenants create 'Acme Robotics' acme --owner-email ada@acme.example --plan team": {
    before: (scene) => scene.prepare("tenants delete acme --now --yes"),
    shows: /Acme Robotics[^]*team/,
  },
  "tenants list": { shows: /│ Acme Robotics/ },
  "tenants list --search acme": { shows: /│ Acme Robotics/ },
  "tenants show acme": { shows: /Acme Robotics/ },
  "tenants update acme --name 'Acme Ltd' --subdomain acme-ltd": {
    shows: /Acme Ltd[^]*acme-ltd/,
    after: (scene) => scene.prepare("tenants update acme-ltd --subdomain acme"),
  },
  "tenants update acme --second-factor 14": { shows: /second_factor_from *│ \d{4}-/ },
  "tenants upgrade acme enterprise --until 2030-12-31": { shows: /enterprise/ },
  "tenants upgrade acme starter": { shows: /starter/ },
  "tenants override acme projects 800": { shows: /acme/, after: seesOverride },
  "tenants override acme webhooks yes --until 2030-12-31": { shows: /acme/, after: seesOverride },
  "tenants suspend acme --reason 'Three invoices are open.'": { shows: /Three invoices are open\./ },
  "tenants list --status suspended --json": { shows: /"suspension_reason": "Three invoices are open\."/ },
  "tenants resume acme": { shows: /active/ },
  "tenants delete acme": { shows: /deletion_scheduled_for *│ \d{4}-/ },
  "tenants keep acme": { shows: /deletion_scheduled_for *│ +│/ },
  "tenants export acme acme.tar.gz": {
    before: (scene) => scene.prepare("users create jo@acme.example --tenant-id acme"),
    shows: /rows/,
  },
  "tenants import acme.tar.gz --subdomain acme-copy": { shows: /acme-copy/ },
  "tenants import acme.tar.gz --subdomain acme-copy --invite": {
    before: async (scene) => {
      await scene.prepare("tenants delete acme-copy --now --yes");
      await scene.prepare("users delete jo@acme.example --yes");
    },
    shows: /acme-copy[^]*members_created *│ 1/,
  },
  "tenants delete acme --now --yes": { shows: /deleted *│ true/ },

  "users create mei@acme.example --tenant-id acme --role admin": {
    before: (scene) => scene.newAcme(),
    shows: /mei@acme\.example[^]*admin/,
  },
  "users list --tenant-id acme --role owner": { shows: /owner@acme\.example/ },
  "users list --limit 500 --json": { shows: /"email": "mei@acme\.example"/ },
  "users update mei@acme.example --name 'Mei Tanaka'": { shows: /Mei Tanaka/ },
  "users update mei@acme.example --role viewer --tenant-id acme": { shows: /viewer/ },
  "users remove mei@acme.example --tenant-id acme": { shows: /removed_from.*acme/ },
  "users reset-password mei@acme.example --print-link": { shows: /\/reset-password\?token=/ },
  "users disable-mfa mei@acme.example --reason 'Showed her passport on a call.'": {
    before: (scene) => scene.addFactor("mei@acme.example"),
    shows: /removed_factors *│ 1/,
  },
  'users disable-mfa ada@example.com --reason "Met in person."': {
    before: (scene) => scene.addFactor("ada@example.com"),
    shows: /removed_factors *│ 1/,
  },
  "users sessions mei@acme.example --revoke": {
    before: (scene) => scene.signIn("mei@acme.example"),
    shows: /^\(none\)/,
  },
  "users export mei@acme.example > mei.json": { shows: /"name": "Mei Tanaka"/ },
  "users delete mei@acme.example --yes": { shows: /deleted *│ true/ },

  "plans list": { shows: /team .*\$29\.00/ },
  "plans diff": { ...ON_STRIPE, shows: /create .*product .*team/ },
  "plans sync": { ...ON_STRIPE, code: 1, shows: /Add --yes to skip the confirmation/ },
  "plans sync --yes": { ...ON_STRIPE, shows: /create .*product .*team[^]*Done/ },
  "billing show acme": { before: (scene) => scene.startTrial(), shows: /premium[^]*trial/ },
  "billing sync acme": { before: (scene) => scene.pay(), shows: /status *│ trialing/ },
  "billing reconcile": { shows: /synced *│ 1/ },
  "billing extend-trial acme --days 14": { shows: /current_period_end *│ (\S+)[^]*plan_until *│ (?!\1)/ },
  "billing advance acme --days 31": { shows: /current_period_end/ },

  "jobs queues": { shows: /email/ },
  "jobs list --failed": { before: (scene) => scene.failedJob(), shows: /no answer/ },
  "jobs list --failed --queue email": { shows: /no answer/ },
  "jobs list --queue email --json": { shows: /"state": "failed"/ },
  "jobs retry 01900000-0000-7000-8000-000000000000": { shows: /ready/ },
  "jobs retry 0198c0de-…": { shows: /ready/ },
  "jobs retry --all-failed": { shows: /retried *│ [1-9]/ },
  "webhooks list --tenant-id acme": {
    before: (scene) => scene.failedWebhook(),
    shows: /127\.0\.0\.1:9\/hooks/,
  },
  "webhooks replay --endpoint 01900000-0000-7000-8000-000000000000 --since 2030-03-02 --only failed": {
    shows: /queued *│ 1/,
  },
  "webhooks replay --endpoint ID --since 2026-03-02 --only failed": { shows: /queued *│ 1/ },
  "campaigns send 01900000-0000-7000-8000-000000000000": { shows: /sending|scheduled/ },
  "campaigns send 01900000-0000-7000-8000-000000000000 --scheduled-at 2030-03-02T09:00:00Z": {
    shows: /scheduled/,
  },
  "campaigns list --tenant-id acme": { shows: /News[^]*scheduled/ },
  "audit verify": { shows: /The log is intact/ },
  "audit verify --tenant-id acme": { shows: /The log is intact/ },
  "audit list --since 2030-03-02": { shows: /tenant\.created/ },
  "audit list --tenant-id acme --action project.created": {
    before: ({ acme }) => addProject(acme.company),
    shows: /project\.created .*Apollo/,
  },

  "jobs work --drain": {
    shows: /"message":"email sent"/,
    after: async (scene) => {
      assert.doesNotMatch((await scene.run("jobs list --queue email --json")).stdout, /"state": "ready"/);
    },
  },
  "doctor --json": { shows: /"check": "server",\s+"status": "ok"/ },
  "health": { shows: /The installation is healthy/ },
  "health --json": { shows: /"status": "healthy"/ },
  "status": { shows: /Requests: \d+ since[^]*Tenants: \d/ },
  "status --watch": { until: /Tenants/, shows: /Requests: \d+[^]*Tenants: \d/ },
  "status --watch --interval 10": { until: /Tenants/, shows: /Requests: \d+[^]*Tenants: \d/ },

  // The last ones, because little is left after them
  "db seed": { shows: /Northwind Robotics[^]*Harbor & Pine/ },
  "db reset --yes": { shows: /reset *│ true/ },
  "db seed --demo": { shows: /Northwind[^]*Harbor & Pine[^]*Kestrel Cycles/ },
  "jobs work": { until: /Press Ctrl-C/, shows: /Running jobs/ },
};

/** Commands that another guide's tests run as they stand there, with a file of another name. */
const LIKE_IN_BACKUPS = new Map([
  ["db backup /backups/monday.backup", "db backup .data/backups/tuesday.backup"],
  ["db backup", "backup"],
  ["db restore /backups/monday.backup", "db restore .data/backups/tuesday.backup"],
  ["db restore s3:latest --drill", "restore --drill s3:latest"],
]);

const shellLines = (await everyBlock()).filter(({ language }) => language === "sh")
  .flatMap((block) => commandsIn(block).map((line) => ({ guide: block.guide, line })));
const written = new Set(
  shellLines.filter(({ guide }) => guide !== RUN_ELSEWHERE).map(({ line }) => parseCliLine(line))
    .filter((parsed) => parsed !== null).map(({ assignments, command }) => assignments + command),
);

Deno.test("a test runs every command of the CLI in the guides, and no other", () => {
  const tested = new Set([...Object.keys(LINES), ...LIKE_IN_BACKUPS.keys()]);

  assert.deepEqual([...written].filter((line) => !tested.has(line)), []);
  assert.deepEqual([...tested].filter((line) => !written.has(line)), []);
});

Deno.test("the guide to backups has the commands that its tests run in place of others", () => {
  const there = shellLines.filter(({ guide }) => guide === RUN_ELSEWHERE).map(({ line }) => line);

  for (const line of LIKE_IN_BACKUPS.values()) {
    assert.ok(
      there.some((each) => each.endsWith(`deno task ${line}`) || each.endsWith(`admin ${line}`)),
      line,
    );
  }
});

Deno.test({
  name: "the commands of the CLI in the guides do what the guides say",
  ignore: !serverUrl, // which the CLI and the test share
  async fn(t) {
    await using scene = await CliScene.open();
    for (const [text, { shows, before, after, variables, code = 0, ...running }] of Object.entries(LINES)) {
      const isPassed = await t.step(text, async () => {
        await before?.(scene);
        const { assigned, command } = await scene.withValues(text);

        const outcome = await scene.run(command, {
          ...running,
          variables: { ...variables?.(scene), ...assigned },
        });

        assert.equal(outcome.code, code, outcome.stderr + outcome.stdout);
        assert.match(outcome.stdout + outcome.stderr, shows);
        if (code === 0) assert.doesNotMatch(outcome.stderr, /^(?:error|warning):/m);
        await after?.(scene, outcome);
      });
      if (!isPassed) break; // the commands after it need what it does
    }
  },
});

Deno.test({
  name: "in a terminal, setup asks for what it needs",
  ignore: !serverUrl || !await hasTerminals(),
  async fn() {
    const database = await openTestDatabase();
    try {
      const shown = await inDialog({ DATA_DIR: ".data", ...database.variables }, "setup", [
        ["schemas of this database?", ""],
        ["first administrator?", "you@example.com"],
        ["to get a one-time link.", PASSWORD],
      ]);

      assert.match(shown, /│ email │ you@example\.com/);
      assert.doesNotMatch(shown, /battery|set_password_link/);
    } finally {
      await database.close();
    }
  },
});

async function seesOverride(scene: CliScene): Promise<void> {
  const { stdout } = await scene.run("audit list --tenant-id acme --action override.changed --limit 1");
  assert.match(stdout, /override\.changed/);
}
