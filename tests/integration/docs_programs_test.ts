import assert from "node:assert/strict";
import { request } from "node:http";
import { newSecret, sign } from "../../src/webhooks/signature.ts";
import { blocksOf } from "../support/guide_blocks.ts";
import { shell } from "../support/postgres_programs.ts";
import { freePort } from "../support/process.ts";
import { isInstalled } from "../support/shell_script.ts";

/** Protects: the guides' programs and configurations in other languages work. A program that is missing skips its test. */

const SECRET = newSecret();
const BODY = JSON.stringify({
  type: "project.created",
  timestamp: "2026-03-02T09:00:00.000Z",
  data: { name: "Ärger" },
});
const MINUTE_SECONDS = 60;

const RECEIVERS = [
  { language: "python", program: "python3", file: "receiver.py", run: "python3 receiver.py" },
  {
    language: "go",
    program: "go",
    file: "main.go",
    run: "GOCACHE=$PWD/cache go build -o receiver main.go && exec ./receiver",
  },
];

for (const { language, program, file, run } of RECEIVERS) {
  Deno.test({
    name: `the receiver of webhooks in ${program} takes what the product signs, and nothing else`,
    ignore: !await isInstalled(program),
    async fn() {
      const port = await freePort();
      const [code] = await blocksOf("docs/api/webhooks.md", language);
      await using folder = await Folder.with(file, code!.replace("8080", String(port)));
      await using _receiver = Running.start(
        `cd ${folder.path} && WEBHOOK_SECRET=${SECRET} && export WEBHOOK_SECRET && ${run}`,
      );
      const now = Math.floor(Date.now() / 1_000);
      const signed = (timestamp: number, ...secrets: string[]) => ({
        "webhook-id": "1",
        "webhook-timestamp": String(timestamp),
        "webhook-signature": sign({ id: "1", timestamp, body: BODY }, secrets),
      });
      await until(() => post(port, {}, BODY));

      assert.equal(await post(port, signed(now, SECRET), BODY), 204);
      assert.equal(await post(port, signed(now, newSecret(), SECRET), BODY), 204, "while the secret changes");
      assert.equal(await post(port, signed(now, newSecret()), BODY), 400, "another secret");
      assert.equal(await post(port, signed(now, SECRET), BODY.replace("Ä", "A")), 400, "another body");
      assert.equal(await post(port, signed(now - 6 * MINUTE_SECONDS, SECRET), BODY), 400, "too old");
      assert.equal(await post(port, signed(now + 6 * MINUTE_SECONDS, SECRET), BODY), 400, "of the future");
    },
  });
}

Deno.test("the line for the crontab makes a backup at 3:00 with the settings of the installation", async () => {
  const [line] = await blocksOf("docs/admin/backup.md", "cron");
  const [, time, command] = /^((?:\S+ ){5})(.+)\n$/.exec(line!)!;
  await using folder = await Folder.with(".env", "BACKUP_KEEP=7\n");

  const { success, stdout } = await shell(
    command!.replace("/srv/denizen/app", folder.path)
      .replace("/usr/local/bin/deno", "sh -c 'echo \"$0 $*, keeps $BACKUP_KEEP\"'"),
  );

  assert.equal(time, "0 3 * * * ");
  assert.ok(success);
  assert.equal(stdout, "task backup, keeps 7\n");
});

Deno.test({
  name: "nginx accepts its configuration in the guide",
  ignore: !await isInstalled("nginx"),
  async fn() {
    const [server, location, upstream] = await blocksOf("docs/admin/operations.md", "nginx");
    const inServer = server!.replace(
      "server {",
      `server {\n  listen 127.0.0.1:${await freePort()};\n${location}`,
    );
    const config =
      `pid nginx.pid; error_log stderr; events {} http { access_log off; ${inServer} ${upstream} }`;
    await using folder = await Folder.with("nginx.conf", config);

    const { success, stdout } = await shell(`nginx -t -p ${folder.path} -c ${folder.path}/nginx.conf 2>&1`);

    assert.ok(success, stdout);
    assert.doesNotMatch(stdout, /warn/);
  },
});

Deno.test({
  name: "systemd accepts the unit in the guide",
  ignore: !await isInstalled("systemd-analyze"),
  async fn() {
    const unit = (await blocksOf("docs/admin/install.md", "ini")).find((block) =>
      block.startsWith("[Unit]")
    )!;
    const { stdout: deno } = await shell("command -v deno");
    await using folder = await Folder.with(
      "denizen.service",
      unit.replace("/usr/local/bin/deno", deno.trim()),
    );

    const { success, stdout } = await shell(
      `systemd-analyze verify --recursive-errors=no ${folder.path}/denizen.service 2>&1`,
    );

    assert.ok(success, stdout);
    assert.doesNotMatch(stdout, /denizen\.service/);
  },
});

Deno.test({
  name: "Prometheus accepts its configuration in the guides",
  ignore: !await isInstalled("promtool"),
  async fn() {
    const [scraping] = await blocksOf("docs/admin/monitoring.md", "yaml");
    const [alert] = await blocksOf("docs/admin/jobs.md", "yaml");
    const rules = `groups:\n- name: denizen\n  rules:\n${alert!.replaceAll(/^/gm, "  ")}`;
    await using config = await Folder.with("prometheus.yml", scraping!);
    await using group = await Folder.with("rules.yml", rules);

    for (
      const check of [
        `promtool check config --syntax-only ${config.path}/prometheus.yml`,
        `promtool check rules ${group.path}/rules.yml`,
      ]
    ) {
      const { success, stdout } = await shell(`${check} 2>&1`);
      assert.ok(success, stdout);
    }
  },
});

/** A folder with one file. */
class Folder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async with(file: string, text: string): Promise<Folder> {
    const path = await Deno.makeTempDir({ dir: "/tmp", prefix: "denizen-" });
    await Deno.writeTextFile(`${path}/${file}`, text);
    return new Folder(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** A program that runs until its standard input ends. Tests may run only Deno, so another process starts it. */
class Running implements AsyncDisposable {
  private constructor(readonly process: Deno.ChildProcess) {}

  static start(line: string): Running {
    const supervised = `(${line}) & pid=$!; read _; kill $pid; wait $pid`;
    const script = `await new Deno.Command("sh", { args: ["-c", ${
      JSON.stringify(supervised)
    }], stdin: "inherit" }).spawn().status`;
    return new Running(
      new Deno.Command("deno", { args: ["eval", script], stdin: "piped", stdout: "null", stderr: "null" })
        .spawn(),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stdin.close();
    await this.process.status;
  }
}

function post(port: number, headers: Record<string, string>, body: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const bytes = new TextEncoder().encode(body);
  const call = request(
    {
      host: "127.0.0.1",
      port,
      path: "/webhooks",
      method: "POST",
      headers: { ...headers, "content-length": bytes.length },
    },
    (response) => response.resume().on("end", () => resolve(response.statusCode!)),
  );
  call.on("error", reject);
  call.end(bytes);
  return promise;
}

/** Waits until the program listens. */
async function until(attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    if (await attempt().then(() => true, () => false)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}
