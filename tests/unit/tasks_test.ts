import assert from "node:assert/strict";
import { commandsOf, denoConfig, permissionsOf } from "../support/deno_config.ts";

/** Protects: the tasks in deno.json grant their processes only named permissions (S42, S46). */

const PRODUCT_TASKS = ["start", "dev", "admin", "compile"];
const RUNS_CODE = /^deno (run|test|compile|bench) /;

const commands = Object.keys(denoConfig.tasks).flatMap((task) =>
  commandsOf(task).flatMap(withInner).map((command) => ({ task, command }))
);

Deno.test("the compiled CLI has the same permissions as the CLI from source, and works with any DATA_DIR", () => {
  const { read, write, ...compiled } = permissionsOfTask("compile");
  const { read: _, write: __, ...fromSource } = permissionsOfTask("admin");

  assert.deepEqual(compiled, fromSource);
  assert.deepEqual([read, write], [true, true]);
});

Deno.test("in development, the server may also write the style sheet", () => {
  const started = permissionsOfTask("start");

  assert.deepEqual(permissionsOfTask("dev"), { ...started, write: ["views/static", "$FOLDER"] });
});

Deno.test("S46 the server and the CLI write only the data folder, and read only it and the project", () => {
  for (const task of ["start", "admin"]) {
    const { read, write } = permissionsOfTask(task);
    assert.deepEqual([read, write], [[".", "$FOLDER"], ["$FOLDER"]], task);
  }
  for (const set of ["serve", "admin"]) {
    const { read, write } = denoConfig.permissions[set]!;
    assert.deepEqual([read, write], [["."], [".data"]], set);
  }
});

Deno.test("S46 the product can't run a program or load a native library", () => {
  for (const task of PRODUCT_TASKS) {
    const granted = Object.keys(permissionsOfTask(task)).sort();
    assert.deepEqual(granted, ["env", "net", "read", "sys", "write"], task);
  }
});

Deno.test("S46 backup and restore are the CLI with the permission to run PostgreSQL's programs", () => {
  for (const task of ["backup", "restore"]) {
    const { run, ...others } = permissionsOfTask(task);
    assert.deepEqual(run, ["pg_dump", "pg_restore"], task);
    assert.deepEqual(others, permissionsOfTask("admin"), task);
  }
});

Deno.test("S46 deploying is the CLI with the permission to run the programs that deploy, and with little else", () => {
  assert.deepEqual(permissionsOfTask("deploy"), {
    read: ["."],
    run: ["docker", "kubectl", "deno"],
    env: { ignore: true },
  });
});

Deno.test("S46 the product can read only named variables, and all others look unset", () => {
  for (const task of PRODUCT_TASKS) {
    const { allow, ignore } = permissionsOfTask(task).env as { allow: string[]; ignore: boolean };
    assert.equal(ignore, true, task);
    assert.deepEqual(allow.filter((name) => !/^[A-Z][A-Z_]*\*?$/.test(name)), [], task);
  }
});

Deno.test("the permissions name every kind of system information", () => {
  for (const task of PRODUCT_TASKS) assert.deepEqual(permissionsOfTask(task).sys, ["homedir"], task);
  assert.deepEqual(denoConfig.permissions.test!.sys, ["homedir", "hostname", "osRelease"]);
});

Deno.test("every command that runs code never prompts and takes its permissions from a set", () => {
  const running = commands.filter(({ command }) => RUNS_CODE.test(command));

  assert.ok(running.length > Object.keys(denoConfig.tasks).length / 2);
  for (const { task, command } of running) {
    assert.match(command, / --no-prompt /, task);
    assert.ok((/ -P=(\S+) /.exec(command)?.[1] ?? "") in denoConfig.permissions, task);
  }
});

Deno.test("flags replace only a set's paths and programs", () => {
  const flags = commands.flatMap(({ command }) => command.match(/--(allow|deny|ignore)-\w+/g) ?? []);

  assert.deepEqual([...new Set(flags)].sort(), ["--allow-read", "--allow-run", "--allow-write"]);
});

Deno.test("S46 no task has all permissions, and the programs that it runs are named", () => {
  for (const { task, command } of commands) {
    assert.doesNotMatch(command, /\s-[AEINRSW]\b|--allow-(all|ffi)|--allow-run(?!=)/, task);
  }
  for (const [set, { run, ffi, all, import: imports }] of Object.entries(denoConfig.permissions)) {
    assert.deepEqual([ffi, all, imports], [undefined, undefined, undefined], set);
    assert.ok(run === undefined || Array.isArray(run), set);
  }
});

Deno.test("tests may read the project, /tmp and PostgreSQL, and run only what they name", () => {
  const { read, write, run } = denoConfig.permissions.test!;

  assert.deepEqual(read, [".", "/tmp", "/usr/lib/postgresql"]);
  assert.deepEqual(write, [".data", "views/static", "/tmp"]);
  // setpriv runs PostgreSQL as another user; the generator asks Git whether a migration is committed.
  assert.deepEqual(run, ["deno", "setpriv", "promtool", "caddy", "git"]);
  for (const task of ["test", "e2e", "bench", "chaos"]) {
    assert.match(commandsOf(task).at(-1)!, / -P=test /, task);
    assert.deepEqual(permissionsOfTask(task).read, read, task);
  }
});

/** The permissions of a task's last command. */
function permissionsOfTask(task: string) {
  return permissionsOf(commandsOf(task).at(-1)!);
}

/** A command, and the command whose output it keeps in a variable, if there is one. */
function withInner(command: string): string[] {
  return /^\w+="\$\((.*)\)"$/.exec(command)?.slice(1) ?? [command];
}
