import assert from "node:assert/strict";
import { shell } from "../support/postgres_programs.ts";

/** Protects: the scripts for operators change what they say, and stop before they do harm. */

Deno.test("rotating APP_SECRET keeps the old one beside the new one until the rotation is finished", async () => {
  await using folder = await StubFolder.create("exit 0");
  const rotate = (step: string) => folder.run(`deploy/scripts/rotate_secret.sh ${step}`);
  await folder.write(".env", "APP_URL=https://example.com\nAPP_SECRET=the+old/secret==\n");

  const unstarted = await rotate("finish");
  const started = await rotate("start");
  const between = await folder.read(".env");
  const again = await rotate("start");
  const finished = await rotate("finish");
  const after = await folder.read(".env");

  assert.deepEqual([unstarted, started, again, finished].map(({ success }) => success), [
    false,
    true,
    false,
    true,
  ]);
  const [, secret] = /^APP_SECRET=(.{44})$/m.exec(between)!;
  assert.match(between, /^APP_URL=https:\/\/example.com$/m);
  assert.match(between, /^APP_SECRET_PREVIOUS=the\+old\/secret==$/m);
  assert.equal(after, `APP_URL=https://example.com\nAPP_SECRET=${secret}\n`);
  assert.deepEqual((await folder.read("calls")).trim().split("\n"), [
    "compose up --detach --wait",
    "compose run --rm --no-deps web -P=admin dist/cli/main.js config rotate-keys",
    "compose up --detach --wait",
  ]);
});

Deno.test("blue/green stops the old container only once the new one is healthy", async () => {
  await using folder = await StubFolder.create(`case "$1 $2" in
    "ps --quiet") echo old ;;
    "inspect --format") echo healthy ;;
  esac`);

  const { success } = await folder.run("deploy/scripts/blue_green.sh registry/denizen:2");
  const calls = (await folder.read("calls")).replaceAll(/denizen-web-\d+/g, "new").trim().split("\n");

  assert.ok(success);
  assert.deepEqual(calls.slice(1), [
    "compose run --rm migrate",
    "compose run --detach --no-deps --use-aliases --name new web",
    "inspect --format {{.State.Health.Status}} new",
    "stop --time 30 old",
    "rm old",
  ]);
});

Deno.test("if the migration of blue/green fails, no container starts or stops", async () => {
  await using folder = await StubFolder.create(`case "$*" in *migrate) exit 1 ;; esac`);

  const { success } = await folder.run("deploy/scripts/blue_green.sh registry/denizen:2");

  assert.equal(success, false);
  assert.doesNotMatch(await folder.read("calls"), /stop|--detach/);
});

/** A folder with a `docker` that writes down what it is asked to do, and then runs `script`. */
class StubFolder implements AsyncDisposable {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async create(script: string): Promise<StubFolder> {
    const path = await Deno.makeTempDir({ prefix: "denizen-" });
    const docker = `#!/bin/sh\necho "$*" >>${path}/calls\n${script}\n`;
    await Deno.writeTextFile(`${path}/docker`, docker, { mode: 0o755 });
    return new StubFolder(path);
  }

  run(line: string): Promise<{ success: boolean }> {
    return shell(`PATH=${this.#path}:$PATH ENV_FILE=${this.#path}/.env ${line} >&2 2>/dev/null`);
  }

  write(name: string, text: string): Promise<void> {
    return Deno.writeTextFile(`${this.#path}/${name}`, text);
  }

  read(name: string): Promise<string> {
    return Deno.readTextFile(`${this.#path}/${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#path, { recursive: true });
  }
}
