import assert from "node:assert/strict";

/** Protects: what the tasks of deno.json let their processes do (S42, S46), and that `.env.example` can be used as it says. */

const ROOT = new URL("../../", import.meta.url).pathname;

const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)) as {
  tasks: Record<string, string | { command: string }>;
};

Deno.test("the compiled CLI may do what the CLI from source may, and reads and writes wherever DATA_DIR is", () => {
  const { read, write, ...compiled } = permissionsOf("compile");
  const { read: _, write: __, ...fromSource } = permissionsOf("admin");

  assert.deepEqual(compiled, fromSource);
  assert.deepEqual([read, write], ["all", "all"]);
});

Deno.test("in development the server may do what it may with `start`, and write the style sheet", () => {
  const started = permissionsOf("start");

  assert.deepEqual(permissionsOf("dev"), { ...started, write: `views/static,${started.write}` });
});

Deno.test("no process of the product may run a program or load a native library", () => {
  for (const task of ["start", "dev", "admin", "compile"]) {
    const { run, ffi, all } = permissionsOf(task);
    assert.deepEqual([run, ffi, all], [undefined, undefined, undefined], task);
  }
});

Deno.test("what the system tells of itself stays named: `node:https` is called without needing more", () => {
  for (const task of ["start", "dev", "admin", "compile"]) {
    assert.equal(permissionsOf(task).sys, "homedir", task);
  }
  for (const task of ["test", "e2e", "bench", "chaos"]) {
    const named = commandOf(task).match(/--allow-sys\S*/g) ?? [];
    assert.deepEqual(new Set(named), new Set(["--allow-sys=homedir,hostname,osRelease"]), task);
  }
});

Deno.test("no task at all may do whatever it likes: what it runs and reads is named", () => {
  for (const task of Object.keys(tasks)) {
    assert.doesNotMatch(commandOf(task), / -A\b|--allow-(all|ffi)|--allow-run(?!=)/, task);
  }
  for (const task of ["test", "e2e", "bench", "chaos"]) {
    const tests = commandOf(task).split(/&&|\|\|/).filter((command) => command.includes("--allow-net"));
    for (const command of tests) assert.match(command, /--allow-read=\.,\/tmp/, task);
  }
});

Deno.test("every value of .env.example can be read by a shell once it is taken out of its comment", async () => {
  const text = await Deno.readTextFile(`${ROOT}.env.example`);
  const values = [...text.matchAll(/^# [A-Z_]+=(.*)$/gm)].map(([, value]) => value!);

  assert.ok(values.includes('"Denizen <no-reply@example.com>"'));
  assert.deepEqual(values.filter((value) => !/^("[^"$`\\]*"|[\w:/.@…-]*)$/.test(value)), []);
});

/** The permissions of a task's last command by their names; `all` where no scope is given. */
function permissionsOf(task: string): Record<string, string> {
  const command = commandOf(task).split(" && ").at(-1)!.replaceAll(/\$\(.*?\)/g, "DATA_DIR");
  const flags = command.matchAll(/--allow-([a-z]+)(?:=([^\s"]+))?/g);
  return Object.fromEntries([...flags].map(([, name, scope]) => [name!, scope ?? "all"]));
}

function commandOf(task: string): string {
  const given = tasks[task]!;
  return typeof given === "string" ? given : given.command;
}
