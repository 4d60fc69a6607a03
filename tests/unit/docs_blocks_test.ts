import assert from "node:assert/strict";
import { SETTINGS } from "../../src/config/settings.ts";
import { parseCliLine } from "../support/cli_lines.ts";
import { denoConfig } from "../support/deno_config.ts";
import { type Block, commandsIn, everyBlock, listGuides } from "../support/guide_blocks.ts";

/**
 * Protects: every block of code in the guides is run or checked by a test. A block of a new kind, or one more where a test reads the
 * blocks by their order, fails here until a test reads it.
 */

const ROOT = new URL("../../", import.meta.url);

/** The tests of each language: of every block, or of this many in a guide. Shell is below. */
const TESTED: Record<string, "every block" | Record<string, [count: number, test: string]>> = {
  ts: "every block", // deploy/scripts/docs_code.ts for `deno task check`, and docs_code_test.ts
  tsx: "every block",
  "ts ignore": { "docs/build/add-a-page.md": [1, "tests/installation/generator_test.ts"] },
  js: {
    "docs/api/events.md": [1, "tests/integration/docs_answers_test.ts"],
    "docs/api/web-push.md": [2, "tests/integration/docs_answers_test.ts"],
  },
  html: { "docs/api/events.md": [1, "tests/integration/docs_answers_test.ts"] },
  http: { "docs/api/webhooks.md": [1, "tests/integration/docs_answers_test.ts"] },
  json: {
    "docs/admin/monitoring.md": [1, "tests/integration/docs_answers_test.ts"],
    "docs/api/README.md": [1, "tests/integration/docs_answers_test.ts"],
    "docs/api/events.md": [1, "tests/integration/docs_answers_test.ts"],
    "docs/api/notifications.md": [1, "tests/integration/docs_answers_test.ts"],
  },
  text: {
    "README.md": [1, "tests/unit/docs_blocks_test.ts"],
    "docs/admin/domains.md": [1, "tests/integration/docs_answers_test.ts"],
    "docs/api/README.md": [3, "tests/integration/docs_answers_test.ts"],
    "docs/api/event-stream.md": [2, "tests/integration/docs_answers_test.ts"],
  },
  python: { "docs/api/webhooks.md": [1, "tests/integration/docs_programs_test.ts"] },
  go: { "docs/api/webhooks.md": [1, "tests/integration/docs_programs_test.ts"] },
  nginx: { "docs/admin/operations.md": [3, "tests/integration/docs_programs_test.ts"] },
  yaml: {
    "docs/admin/jobs.md": [1, "tests/integration/docs_programs_test.ts"],
    "docs/admin/monitoring.md": [1, "tests/integration/docs_programs_test.ts"],
  },
  cron: { "docs/admin/backup.md": [1, "tests/integration/docs_programs_test.ts"] },
  postfix: { "docs/admin/sending-domains.md": [1, "tests/integration/docs_bounces_test.ts"] },
  ini: { "docs/admin/install.md": [2, "tests/unit/docs_commands_test.ts"] }, // and the unit in docs_programs_test.ts
  sql: {
    "README.md": [1, "tests/security/readme_database_test.ts"],
    "docs/admin/backup.md": [4, "tests/integration/backup_test.ts"],
    "docs/admin/database.md": [4, "tests/integration/docs_sql_test.ts"],
    "docs/admin/deno-deploy.md": [1, "tests/integration/docs_sql_test.ts"],
    "docs/admin/jobs.md": [1, "tests/integration/docs_sql_test.ts"],
    "docs/admin/stripe.md": [1, "tests/integration/docs_sql_test.ts"],
  },
};

/** The guides whose shell blocks a test runs as they are. */
const RUN_BY_A_SHELL: [guides: RegExp, test: string][] = [
  [/^docs\/api\//, "tests/integration/docs_calls_test.ts"],
  [/^docs\/admin\/backup\.md$/, "tests/integration/backup_test.ts"],
];

/** What runs each task, in these words. docs_cli_test.ts runs the CLI. */
const TASKS: Record<string, [file: string, words: string]> = {
  check: [".ci/run", "deno task check"],
  compile: [".ci/run", "deno task compile"],
  css: ["tests/installation/rename_test.ts", "deno task --quiet css"],
  deploy: ["tests/integration/deploy_command_test.ts", "the deployments in the guides"],
  dev: ["tests/unit/tasks_test.ts", 'permissionsOfTask("dev")'], // `start`, which restarts until it is stopped
  e2e: [".ci/run", "deno task e2e"],
  "e2e -- --site-pictures": ["tests/e2e/main.ts", 'flag === "--site-pictures"'], // by hand: it changes files
  "new:resource": ["tests/installation/generator_test.ts", "deno task new:resource"],
  "remove:resource": ["tests/installation/generator_test.ts", "deno task remove:resource quotes"],
  rename: ["tests/installation/rename_test.ts", "rename(tree.root"],
  settings: ["tests/installation/rename_test.ts", "deno task --quiet settings"],
  start: ["tests/installation/server_test.ts", "ServerProcess.start("],
  test: [".ci/run", "deno task test"],
};

/** Lines of a shell that no test runs as they are, and why. */
const NOT_RUN: [line: RegExp, reason: string][] = [
  [/^deno install --frozen$/, "It downloads packages. .ci/run starts with it, on a clean clone."],
  [/^git pull$/, "It needs the reader's remote repository."],
  [/^(?:systemctl|useradd) /, "It changes this machine. docs_programs_test.ts checks the unit."],
  [
    /^set -a && \. \.\/\.env && set \+a$/,
    "The file is the reader's. docs_commands_test.ts starts with its variables.",
  ],
  [
    /^curl -s http:\/\/127\.0\.0\.1:8000\/health$/,
    "docs_answers_test.ts asks /health of a server on another port.",
  ],
  [
    /^psql -h "\$PWD\/\.data" -U \w+ postgres$/,
    "It is a session to type in. pglite_socket_test.ts speaks to such a socket.",
  ],
  [/^docker build /, "It needs Docker and its registry. The workflow `ci` builds the image."],
  [/^deploy\/scripts\/build_image\.sh /, "It needs buildah and Docker's registry."],
  [
    /^APP_HOST=\S+ UPSTREAM=\S+ TLS='[^']+' +caddy run /,
    "It needs a DNS provider. caddy_test.ts runs Caddy with this file.",
  ],
  [
    /^kubectl (?:--namespace \S+ )?create /,
    "It needs a cluster. manifest_types_test.ts checks the manifests.",
  ],
  [/^helm upgrade /, "It needs a cluster and a registry of charts."],
  [/^curl --fail --output rds\.pem https:/, "It downloads the certificates of AWS."],
  [
    /^cd deploy\/terraform\/\w+$|^terraform init$|^(?:\w+=\S+ )?terraform apply /,
    "It needs a cloud. The workflow `ci` validates the files.",
  ],
  [
    /^tail -n \+3 \S+ \| pg_restore --list$/,
    "The file is of PostgreSQL's format, which backup_test.ts restores.",
  ],
];

const TASK = /^(?:\w+=(?:"[^"]*"|\S+) )*(?:npx -y )?deno(?:@[\d.]+)? task ([\w:]+(?: -- \S+)?)/;
const DENO_FILE = /^deno (?:run|test) -P=(\w+) (?:--no-check )?([\w/.]+)$/;
const ASSIGNMENT = /^([A-Z_]+)=(.*)$/;
/** Variables of Compose and of Deno's telemetry, which are no settings of the product. */
const OTHER_VARIABLES =
  /^(?:POSTGRES_PASSWORD|DATABASE_PASSWORD|COMPOSE_FILE|APP_HOST|DNS_(?:PROVIDER|MODULE|TOKEN)|OTEL_\w+)$/;

const blocks = await everyBlock();
const shellBlocks = blocks.filter(({ language }) => language === "sh");

Deno.test("every block has a language that a test runs or checks, and none is left out", async () => {
  const found: typeof TESTED = {};
  for (const { guide, language } of blocks) {
    const tests = TESTED[language];
    if (language === "sh" || tests === "every block") continue;
    const perGuide = (found[language] ??= {}) as Record<string, [number, string]>;
    perGuide[guide] ??= [0, (tests?.[guide] ?? [0, "none"])[1]];
    perGuide[guide][0]++;
  }

  const tested = Object.fromEntries(Object.entries(TESTED).filter(([, tests]) => tests !== "every block"));
  assert.deepEqual(found, tested);
  for (const test of Object.values(tested).flatMap(Object.values).map(([, test]) => test)) {
    await Deno.stat(new URL(test, ROOT));
  }
});

Deno.test("every fence has a language, so that the test above sees its block", async () => {
  for (const guide of await listGuides()) {
    const text = await Deno.readTextFile(new URL(guide, ROOT));
    const fences = text.match(/^ *(?:```|~~~)/gm)?.length ?? 0;

    assert.equal(fences, 2 * blocks.filter((block) => block.guide === guide).length, guide);
    assert.ok(blocks.every(({ language }) => language !== ""), guide);
  }
});

Deno.test("every line for a shell is one of the CLI, a task, a setting, or has a reason not to be run", async () => {
  const unknown: string[] = [];

  for (const block of shellBlocks.filter((each) => !isRun(each))) {
    for (const line of commandsIn(block)) {
      if (!await isChecked(line)) unknown.push(`${block.guide}:${block.line}: ${line}`);
    }
  }

  assert.deepEqual(unknown, []);
});

Deno.test("no reason stands for a line that is gone", () => {
  const lines = shellBlocks.flatMap(commandsIn);

  const stale = NOT_RUN.filter(([line]) => !lines.some((each) => line.test(each)));

  assert.deepEqual(stale, []);
});

Deno.test("every task in the guides exists, and is run where the table says", async () => {
  const lines = shellBlocks.filter((block) => !isRun(block)).flatMap(commandsIn);
  const named = new Set(lines.map((line) => TASK.exec(line)?.[1]).filter((task) => task !== undefined));

  assert.deepEqual([...named].filter((task) => task !== "admin").sort(), Object.keys(TASKS).sort());
  for (const [task, [file, words]] of Object.entries(TASKS)) {
    assert.ok(task.split(" ")[0]! in denoConfig.tasks, task);
    assert.ok((await Deno.readTextFile(new URL(file, ROOT))).includes(words), `${task}: ${file}`);
  }
});

Deno.test("the folders in the README exist, and are all that have code", async () => {
  const { code } = blocks.find(({ guide, language }) => guide === "README.md" && language === "text")!;
  const listed = [...code.matchAll(/^(\w+)\/ /gm)].map(([, folder]) => folder!);
  const entries = await Array.fromAsync(Deno.readDir(ROOT));
  const folders = entries.filter(({ name, isDirectory }) =>
    isDirectory && !name.startsWith(".") && !["node_modules", "dist"].includes(name)
  ).map(({ name }) => name);

  assert.deepEqual(listed.sort(), folders.sort());
});

/** Whether a test runs the whole block. */
function isRun({ guide, code }: Block): boolean {
  if (code.startsWith("#!/bin/sh")) return true; // docs_bounces_test.ts runs the script
  return RUN_BY_A_SHELL.some(([guides]) => guides.test(guide));
}

async function isChecked(line: string): Promise<boolean> {
  if (parseCliLine(line)) return true; // docs_cli_test.ts runs it
  const [, task] = TASK.exec(line) ?? [];
  if (task) return task in TASKS;
  const [, permissions, file] = DENO_FILE.exec(line) ?? [];
  if (file) {
    return permissions! in denoConfig.permissions && await Deno.stat(new URL(file, ROOT)).then(() => true);
  }
  if (NOT_RUN.some(([known]) => known.test(line))) return true;
  const [, name, value] = ASSIGNMENT.exec(line) ?? [];
  return name !== undefined && (OTHER_VARIABLES.test(name) || isSetting(name, value!));
}

/** Whether the product has the setting, and takes the value. */
function isSetting(name: string, value: string): boolean {
  const setting = Object.values(SETTINGS).find((each) => each.name === name);
  const given = value.replace(/^"(.*)"$/, "$1").replaceAll("…", "x".repeat(40));
  return setting !== undefined && (given === "" || setting.parse.safeParse(given).success);
}
