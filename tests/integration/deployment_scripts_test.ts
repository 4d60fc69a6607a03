import assert from "node:assert/strict";
import { shell } from "../support/postgres_programs.ts";

/** Protects: the scripts for operators change what they say, and stop before they do harm. */

const HOUR = 3_600_000;
const OLD = "APP_URL=https://example.com\nAPP_SECRET=the+old/secret==\n";
const SEAL = "compose run --rm --no-deps --entrypoint denizen web config rotate-keys";
const UP = "compose up --detach --wait";
/** One container, which runs with the secrets of `.env`. */
const ROTATING = `
  ps) echo web ;;
  inspect) grep ^APP_SECRET= .env ;;`;
/** A web process and a worker. `compose up` adds a container to each. */
const RUNNING = `
  ps)
    case "$*" in
      *oneoff=False*) ;;
      *) echo one-off ;;
    esac
    case "$*" in
      *service=web\\ *) cat web ;;
      *service=worker\\ *) cat worker ;;
    esac ;;`;

Deno.test("rotating APP_SECRET keeps the old one until nothing needs it", async () => {
  await using folder = await StubFolder.create(ROTATING, { ".env": OLD });

  const unstarted = await folder.rotate("finish");
  const started = await folder.rotate("start");
  const [between, kept] = [await folder.read(".env"), await folder.read(".env.previous")];
  const early = await folder.rotate("finish");
  await folder.age(".env.previous", 13 * HOUR);
  const finished = await folder.rotate("finish");

  assert.deepEqual([unstarted, started, early, finished], [false, true, false, true]);
  const [, secret] = /^APP_SECRET=(.{44})$/m.exec(between)!;
  assert.match(between, /^APP_URL=https:\/\/example.com$/m);
  assert.match(between, /^APP_SECRET_PREVIOUS=the\+old\/secret==$/m);
  assert.equal(kept, OLD);
  assert.equal(await folder.read(".env"), `APP_URL=https://example.com\nAPP_SECRET=${secret}\n`);
  await assert.rejects(folder.read(".env.previous"), Deno.errors.NotFound);
  assert.deepEqual(await folder.changes(), [UP, SEAL, UP, SEAL, UP]);
});

Deno.test("a rotation whose start failed can be repeated with the same secrets", async () => {
  await using folder = await StubFolder.create(
    `
  compose) case "$*" in *rotate-keys) [ -e repaired ] || exit 1 ;; esac ;;${ROTATING}`,
    { ".env": OLD },
  );

  const failed = await folder.rotate("start");
  const between = await folder.read(".env");
  await folder.write("repaired", "");
  const repeated = await folder.rotate("start");

  assert.deepEqual([failed, repeated], [false, true]);
  assert.match(between, /^APP_SECRET_PREVIOUS=the\+old\/secret==$/m);
  assert.equal(await folder.read(".env"), between);
  assert.equal(await folder.read(".env.previous"), OLD);
});

Deno.test("a rotation isn't finished while something opens only with the old secret", async () => {
  const env = "APP_SECRET=new\nAPP_SECRET_PREVIOUS=old\n";
  await using folder = await StubFolder.create(
    `
  compose) case "$*" in *rotate-keys) exit 1 ;; esac ;;${ROTATING}`,
    { ".env": env, ".env.previous": OLD },
  );

  const finished = await folder.rotate("finish --now");

  assert.equal(finished, false);
  assert.deepEqual([await folder.read(".env"), await folder.read(".env.previous")], [env, OLD]);
});

Deno.test("nothing is sealed under a new APP_SECRET while a process knows only the old one", async () => {
  await using folder = await StubFolder.create(
    `
  ps) echo postgres; echo web; echo worker ;;
  inspect) case "$*" in *web) grep ^APP_SECRET= .env ;; *worker) echo APP_SECRET=the+old/secret== ;; esac ;;`,
    { ".env": OLD },
  );

  const started = await folder.rotate("start");

  assert.equal(started, false);
  assert.deepEqual(await folder.changes(), [UP]);
});

Deno.test("blue/green stops the old containers only once all new ones are healthy, and Compose keeps the image", async () => {
  await using folder = await StubFolder.create(
    `${RUNNING}
  inspect) echo healthy ;;
  compose) case "$*" in *" up "*) echo new-web >>web; echo new-worker >>worker ;; esac ;;`,
    {
      ".env": "APP_SECRET=a\nDENIZEN_IMAGE=registry/denizen:1\n",
      web: "old-web\n",
      worker: "old-worker\n",
    },
  );

  const replaced = await folder.run("deploy/scripts/blue_green.sh registry/denizen:2");

  assert.ok(replaced);
  assert.deepEqual(await folder.changes(), [
    "compose run --rm migrate",
    "compose up --detach --no-deps --no-recreate --no-build --scale web=2 --scale worker=2 web worker",
    "stop --time 30 old-web",
    "rm old-web",
    "stop --time 30 old-worker",
    "rm old-worker",
  ]);
  assert.equal(await folder.read(".env"), "APP_SECRET=a\nDENIZEN_IMAGE=registry/denizen:2\n");
});

Deno.test("if a new container of blue/green doesn't start, the old ones serve on", async () => {
  const env = "DENIZEN_IMAGE=registry/denizen:1\n";
  await using folder = await StubFolder.create(
    `${RUNNING}
  compose) case "$*" in *" up "*) echo new-web >>web; exit 1 ;; esac ;;`,
    { ".env": env, web: "old-web\n", worker: "" },
  );

  const replaced = await folder.run("deploy/scripts/blue_green.sh registry/denizen:2");

  assert.equal(replaced, false);
  assert.deepEqual((await folder.changes()).slice(2), ["stop --time 0 new-web", "rm new-web"]);
  assert.equal(await folder.read(".env"), env);
});

Deno.test("if the migration of blue/green fails, no container starts or stops", async () => {
  await using folder = await StubFolder.create(
    `${RUNNING}
  compose) case "$*" in *migrate) exit 1 ;; esac ;;`,
    { web: "old-web\n", worker: "" },
  );

  const replaced = await folder.run("deploy/scripts/blue_green.sh registry/denizen:2");

  assert.equal(replaced, false);
  assert.deepEqual(await folder.changes(), ["compose run --rm migrate"]);
});

Deno.test("an image that is nowhere isn't built from the checkout under its name", async () => {
  await using folder = await StubFolder.create(
    `${RUNNING}
  image | pull) exit 1 ;;`,
    { web: "old-web\n", worker: "" },
  );

  const replaced = await folder.run("deploy/scripts/blue_green.sh registry/denizen:2");

  assert.equal(replaced, false);
  assert.deepEqual(await folder.changes(), []);
});

Deno.test("a load test fails if the page isn't there, if requests fail or get no answer, and if one in a hundred is slow", async () => {
  const load = async (status: string, report: string) => {
    await using folder = await StubFolder.create("", {});
    await folder.program("curl", `printf ${status}`);
    await folder.program("wrk", `echo "$*" >>calls\ncat <<'END'\n${report}\nEND`);
    return await folder.run("deploy/scripts/load_test.sh http://127.0.0.1/ 2 4 500");
  };
  const report = (p99: string, end = "") =>
    `  Latency Distribution\n     50%  244.00us\n     99%  ${p99}\n  24985 requests in 3.10s, 12.41MB read${end}`;

  for (const p99 of ["850.00us", "499.90ms", "0.50s"]) assert.ok(await load("200", report(p99)), p99);
  for (const p99 of ["501.00ms", "1.20s"]) assert.equal(await load("200", report(p99)), false, p99);
  assert.equal(await load("302", report("1.00ms")), false);
  assert.equal(await load("200", report("1.00ms", "\n  Non-2xx or 3xx responses: 1")), false);
  assert.equal(await load("200", report("1.00ms", "\n  Socket errors: connect 0, read 3")), false);
  assert.equal(await load("200", report("0.00us").replace("24985", "0")), false);
});

/** A folder with files, and with a `docker` that writes down what it is asked to do and answers as the cases of `script`. */
class StubFolder implements AsyncDisposable {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async create(script: string, files: Record<string, string>): Promise<StubFolder> {
    const path = await Deno.makeTempDir({ prefix: "denizen-" });
    const folder = new StubFolder(path);
    await folder.program("docker", `echo "$*" >>calls\ncase "$1" in${script}\nesac`);
    for (const [name, text] of Object.entries({ calls: "", ...files })) await folder.write(name, text);
    return folder;
  }

  /** Puts a program before the machine's own. It runs in the folder. */
  program(name: string, script: string): Promise<void> {
    const text = `#!/bin/sh\ncd ${this.#path}\n${script}\n`;
    return Deno.writeTextFile(`${this.#path}/${name}`, text, { mode: 0o755 });
  }

  /** Whether the line succeeds. */
  async run(line: string): Promise<boolean> {
    const { success } = await shell(
      `PATH=${this.#path}:$PATH ENV_FILE=${this.#path}/.env ${line} >&2 2>/dev/null`,
    );
    return success;
  }

  rotate(step: string): Promise<boolean> {
    return this.run(`deploy/scripts/rotate_secret.sh ${step}`);
  }

  /** The calls that may change something. */
  async changes(): Promise<string[]> {
    return (await this.read("calls")).split("\n").filter((line) => /^(compose|stop|rm) /.test(line));
  }

  write(name: string, text: string): Promise<void> {
    return Deno.writeTextFile(`${this.#path}/${name}`, text);
  }

  read(name: string): Promise<string> {
    return Deno.readTextFile(`${this.#path}/${name}`);
  }

  /** Makes a file as old as `milliseconds`. */
  async age(name: string, milliseconds: number): Promise<void> {
    const time = new Date(Date.now() - milliseconds);
    await Deno.utime(`${this.#path}/${name}`, time, time);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#path, { recursive: true });
  }
}
