import assert from "node:assert/strict";
import { request } from "node:https";
import type { TLSSocket } from "node:tls";
import { addCustomDomain, removeCustomDomain } from "../../src/custom_domains/domains.ts";
import { liveDomain, primaryDomain } from "../support/custom_domains.ts";
import { PATIENCE } from "../support/patience.ts";
import { untilTrue } from "../support/job_processes.ts";
import { freePort, isProgram } from "../support/process.ts";
import { Zone } from "../support/sending_domains.ts";
import { World } from "../support/world.ts";

/**
 * Protects: Caddy, with the Caddyfile of deploy/caddy, gets certificates for live custom domains and for no other name. Its own
 * authority issues them here. Skipped where Caddy isn't installed.
 */

const CADDYFILE = new URL("../../deploy/caddy/Caddyfile", import.meta.url).pathname;

const isInstalled = await isProgram("caddy");

Deno.test({
  name: "Caddy serves live custom domains over HTTPS, and refuses every other name",
  ignore: !isInstalled,
  async fn(t) {
    const [https, http] = [await freePort(), await freePort()];
    await using world = await World.open({
      APP_URL: `https://denizen.example:${https}`,
      TRUSTED_PROXIES: "127.0.0.1",
    });
    const zone = Zone.of(world);
    const acme = await world.company("acme", "Acme");
    await primaryDomain(zone, acme, "app.acme.example");
    const removed = await liveDomain(zone, acme, "old.acme.example");
    await removeCustomDomain(acme.ctx, removed.id);
    await addCustomDomain(acme.ctx, { domain: "pending.example" });
    await using caddy = await Caddy.start({ https, http, upstream: world.port });

    await t.step("a live domain has a certificate of its own, and the workspace answers there", async () => {
      const { status, names } = await caddy.get("app.acme.example", "/manifest.webmanifest");

      assert.deepEqual([status, names], [200, "DNS:app.acme.example"]);
    });
    await t.step("the apex and subdomains answer, too", async () => {
      assert.equal((await caddy.get("denizen.example", "/")).status, 200);
      assert.equal((await caddy.get("acme.denizen.example", "/manifest.webmanifest")).status, 200);
    });
    for (const name of ["old.acme.example", "pending.example", "evil.example", "x.app.acme.example"]) {
      await t.step(`${name} gets no certificate`, async () => {
        await assert.rejects(caddy.get(name, "/"), /fatal alert: InternalError/);
      });
    }
    await t.step("nobody can ask for certificates' names through it", async () => {
      const { status } = await caddy.get("denizen.example", "/internal/domain-check?domain=app.acme.example");

      assert.equal(status, 404);
    });
  },
});

/** A Caddy with an authority of its own, until the test ends. */
class Caddy implements AsyncDisposable {
  private constructor(
    readonly process: Deno.ChildProcess,
    readonly folder: string,
    readonly port: number,
    readonly authority: string,
  ) {}

  static async start(
    { https, http, upstream }: { https: number; http: number; upstream: number },
  ): Promise<Caddy> {
    const folder = await Deno.makeTempDir();
    const options = [
      "admin off",
      "local_certs",
      "skip_install_trust",
      `https_port ${https}`,
      `http_port ${http}`,
      `storage file_system ${folder}`,
    ];
    await Deno.writeTextFile(`${folder}/options`, `${options.join("\n")}\n`);
    const process = new Deno.Command("caddy", {
      args: ["run", "--config", CADDYFILE, "--adapter", "caddyfile"],
      env: {
        APP_HOST: "denizen.example",
        UPSTREAM: `127.0.0.1:${upstream}`,
        TLS: "issuer internal",
        OPTIONS: `import ${folder}/options`,
        HOME: folder,
      },
      stdout: "null",
      stderr: "null",
    }).spawn();
    const authority = await readWhenThere(`${folder}/pki/authorities/local/root.crt`);
    await untilTrue(() => listens(https), PATIENCE);
    return new Caddy(process, folder, https, authority);
  }

  /** One request over TLS. Rejects if Caddy has no certificate for the name. */
  get(name: string, path: string): Promise<{ status: number; names: string }> {
    return new Promise((resolve, reject) => {
      const call = request({
        host: "127.0.0.1",
        port: this.port,
        servername: name,
        path,
        headers: { Host: `${name}:${this.port}` },
        ca: this.authority,
        agent: false,
      }, (answer) => {
        const names = (answer.socket as TLSSocket).getPeerCertificate().subjectaltname ?? "";
        answer.resume().on("end", () => resolve({ status: answer.statusCode!, names }));
      });
      call.on("error", reject);
      call.end();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGTERM");
    await this.process.status;
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Caddy writes its authority before it serves. */
async function readWhenThere(path: string): Promise<string> {
  let text = "";
  await untilTrue(async () => {
    text = await Deno.readTextFile(path).catch(() => "");
    return text.includes("END CERTIFICATE");
  }, PATIENCE);
  return text;
}

async function listens(port: number): Promise<boolean> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
  connection?.close();
  return connection !== null;
}
