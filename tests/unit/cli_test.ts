import assert from "node:assert/strict";
import type { Command } from "@commander-js/extra-typings";
import { COMMAND_NAMES, newProgram, pathOf } from "../../cli/commands.ts";
import { completionScript, SHELLS } from "../../cli/completions.ts";
import { EXAMPLES } from "../../cli/examples.ts";
import { countsIn, figuresOf } from "../../cli/status.ts";
import { toTable } from "../../cli/table.ts";
import { CLI_DOCS, withCommands } from "../../deploy/scripts/cli_docs.ts";
import { commandsBelow, isAccepted } from "../support/cli_lines.ts";

/** Protects: every command is documented and has examples that run, and the CLI's output fits the terminal. */

const program = await newProgram(COMMAND_NAMES);
const leaves = leavesOf(program);
const ID = "01900000-0000-7000-8000-000000000000";

Deno.test("every command has examples, and every example is a command line that the CLI accepts", async () => {
  const rejected: string[] = [];

  for (const line of leaves.flatMap((command) => EXAMPLES[pathOf(command)] ?? [])) {
    if (!await isAccepted(line)) rejected.push(line);
  }

  assert.deepEqual(leaves.map(pathOf).sort(), Object.keys(EXAMPLES).sort());
  assert.deepEqual(rejected, []);
});

Deno.test("docs/admin/cli.md has every command with its description, its options and its examples", async () => {
  const docs = await Deno.readTextFile(CLI_DOCS);

  const current = await withCommands(docs);

  for (const command of leaves) assert.ok(docs.includes(`\`${pathOf(command)}`), pathOf(command));
  assert.equal(wordsOf(docs), wordsOf(current), "Run: deno task cli:docs");
});

Deno.test("the help of each command shows its examples", () => {
  const users = program.commands.find((command) => command.name() === "users")!;
  const list = users.commands.find((command) => command.name() === "list")!;
  let help = "";
  list.configureOutput({ writeOut: (text) => help += text }).outputHelp();

  assert.match(
    help,
    /Usage: denizen users list \[options\][^]*Examples:\n {2}\$ denizen users list --tenant-id acme/,
  );
});

Deno.test("the completions of each shell have every command, option and choice", () => {
  for (const shell of SHELLS) {
    const script = completionScript(program, shell);

    for (const command of leaves) {
      assert.ok(script.includes(`'${pathOf(command)}'`), `${shell} ${pathOf(command)}`);
    }
    assert.match(script, /starter.*team.*premium.*enterprise/, shell);
    assert.match(script, /all-failed/, shell);
  }
});

Deno.test("a table is never wider than the terminal, and loses nothing", () => {
  const row = {
    id: ID,
    name: "Acme Robotics and Daughters of the far away city 東京",
    at: "2030-03-02T09:00:00.000Z",
  };
  const link = `https://example.com/${"x".repeat(60)}`;

  for (const width of [120, 80, 60, 40]) {
    const list = toTable([row, row], width);
    assert.ok(list.split("\n").every((line) => [...line].length <= width), `${width}\n${list}`);
    const last = list.split("\n").map((line) => line.split("│").at(-2)?.trim() ?? "").join("");
    assert.ok(last.includes(row.at), last);
  }
  assert.equal(toTable([row], Infinity).split("\n").length, 5);
  assert.match(toTable({ id: ID, link }, 60), new RegExp(`^link: ${link}$`, "m"));
  assert.equal(toTable([], 80), "(none)");
});

Deno.test("a table of short columns is one table", () => {
  const pools = [{ pool: "control", busy: 0 }, { pool: "batch", busy: 1 }];

  assert.equal(
    toTable(pools, 80),
    [
      "┌─────────┬──────┐",
      "│ pool    │ busy │",
      "├─────────┼──────┤",
      "│ control │ 0    │",
      "│ batch   │ 1    │",
      "└─────────┴──────┘",
    ].join("\n"),
  );
});

Deno.test("status counts requests, errors and latency since the last look, and starts again with a new server", () => {
  const first = countsIn(metricsOf({ ok: 90, failed: 10, fast: 80 }));
  const later = countsIn(metricsOf({ ok: 180, failed: 20, fast: 170 }));

  assert.deepEqual(figuresOf(first, null, null), {
    seconds: null,
    requests: 100,
    per_second: null,
    errors: 10,
    p50_ms: 25,
    p95_ms: 1_000,
  });
  assert.deepEqual(figuresOf(later, first, 10), {
    seconds: 10,
    requests: 100,
    per_second: 10,
    errors: 10,
    p50_ms: 25,
    p95_ms: 1_000,
  });
  assert.equal(figuresOf(first, later, 10).requests, 100);
  assert.deepEqual(first.pools, [{ pool: "control", busy: 1, idle: 3, waiting: 0 }]);
});

function metricsOf({ ok, failed, fast }: { ok: number; failed: number; fast: number }): string {
  const bucket = (bound: string, count: number) =>
    `saas_api_duration_seconds_bucket{tenant_id="none",endpoint="/",le="${bound}"} ${count}`;
  return [
    `saas_tenant_requests_total{tenant_id="none",endpoint="/",method="GET",status="200"} ${ok}`,
    `saas_tenant_requests_total{tenant_id="a",endpoint="/",method="GET",status="503"} ${failed}`,
    bucket("0.025", fast),
    bucket("1", ok + failed),
    bucket("+Inf", ok + failed),
    'saas_db_pool_connections{lane="control",state="busy"} 1',
    'saas_db_pool_connections{lane="control",state="idle"} 3',
    'saas_db_pool_connections{lane="control",state="waiting"} 0',
  ].join("\n");
}

function leavesOf(command: Command): Command[] {
  return commandsBelow(command).filter(({ commands }) => commands.length === 0);
}

/** A page without its line breaks, which the formatter chooses. */
function wordsOf(page: string): string {
  return page.split(/\s+/).join(" ");
}
