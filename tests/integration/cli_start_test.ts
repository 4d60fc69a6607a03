import assert from "node:assert/strict";
import { commandsOf } from "../support/deno_config.ts";
import { staticImportsOf } from "../support/static_imports.ts";

/** Protects: help starts fast, from source and from the bundle, because it loads neither a command nor what commands need. */

const LAZY = "--unstable-lazy-dynamic-imports";
const ROOT = new URL("../../", import.meta.url);
const LIGHT_PACKAGES = ["@commander-js/extra-typings", "commander"];
const LIGHT_FILES = ["cli/commands.ts", "cli/examples.ts", "cli/main.ts", "src/platform/version.ts"];

Deno.test("every task that runs the CLI loads a command only when it runs, and so does the image", async () => {
  for (const task of ["demo", "admin", "backup", "restore", "deploy"]) {
    const line = commandsOf(task).find((each) => each.includes(" cli/main.ts"))!;
    assert.ok(line.includes(` ${LAZY} `), task);
  }
  assert.ok((await text("deploy/docker/cli.sh")).includes(` ${LAZY} `), "the image");
});

Deno.test("before it knows the command, the CLI imports a few files and one package", async () => {
  const { files, packages } = await staticImportsOf("cli/main.ts");

  assert.deepEqual(files, LIGHT_FILES);
  assert.deepEqual(packages.filter((name) => !LIGHT_PACKAGES.includes(name)), []);
});

Deno.test("help, the version and a typo load no command", async () => {
  for (
    const [words, code, shown] of [
      ["--help", 0, /Administers a Denizen installation/],
      ["help", 0, /Administers a Denizen installation/],
      ["--version", 0, /^\d+\.\d+\.\d+/],
      ["tenant", 2, /unknown command 'tenant'/],
    ] as const
  ) {
    const outcome = await withoutReading(words);
    assert.equal(outcome.code, code, outcome.text);
    assert.match(outcome.text, shown);
  }

  const outcome = await withoutReading("tenants");
  assert.match(outcome.text, /Requires read access to .*cli\/commands\/tenants\.ts/);
});

Deno.test("the deployments start the image's CLI, which has the permissions of a task", async () => {
  const script = await text("deploy/docker/cli.sh");

  assert.match(script, /--no-prompt .* -P=admin dist\/cli\/main\.js "\$@"$/s);
  for (
    const [file, line] of [
      ["deploy/docker/Dockerfile", "install -m 755 deploy/docker/cli.sh /usr/local/bin/denizen"],
      ["deploy/docker/compose.yaml", "entrypoint: [denizen]"],
      ["deploy/kubernetes/base/migrate.yaml", "command: [denizen]"],
      ["deploy/scripts/rotate_secret.sh", "--entrypoint denizen web config rotate-keys"],
    ] as const
  ) {
    assert.ok((await text(file)).includes(line), file);
    const starts = (await text(file)).replace(/^RUN .*V8 code cache hit.*$/m, ""); // only looks for compiled code
    assert.ok(!starts.includes("dist/cli"), `${file} names the bundle`);
  }
});

/** Runs the CLI without the permission to read. Then it can load only what the file itself imports. */
async function withoutReading(words: string): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await run(
    "run",
    "-q",
    "--no-prompt",
    LAZY,
    "--allow-env",
    "cli/main.ts",
    words,
  );
  return { code, text: stdout + stderr };
}

async function text(file: string): Promise<string> {
  return (await Deno.readTextFile(new URL(file, ROOT))).trim();
}

async function run(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command("deno", { args, cwd: ROOT, env: { NO_COLOR: "1" } })
    .output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}
