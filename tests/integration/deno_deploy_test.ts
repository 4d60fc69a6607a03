import assert from "node:assert/strict";
import { Browser } from "../support/browser.ts";
import { openTestDatabase, serverUrl } from "../support/database.ts";
import { commandsOf, denoConfig } from "../support/deno_config.ts";
import { callApi } from "../support/http.ts";
import { ServerProcess } from "../support/process.ts";
import { PRODUCTION } from "../support/production.ts";

/** Protects: the product works under Deno Deploy's rules: PostgreSQL only, no files that last, SIGINT and then 5 seconds. */

const KILLED_AFTER_MILLISECONDS = 5_000;
const ADA = { email: "ada@acme.example", password: "correct horse battery" };

Deno.test({
  name:
    "on Deno Deploy, an instance serves what another one stored, without its files, and stops within 5 seconds",
  ignore: !serverUrl, // the embedded database needs a lasting folder
  fn: async (t) => {
    await using database = await disposableDatabase();
    const start = async () => {
      const folder = await Deno.makeTempDir({ prefix: "denizen-" });
      const variables = { ...PRODUCTION, DENO_ENV: "", DENO_DEPLOY: "true", JOBS_ENGINE: "postgres" };
      const server = await ServerProcess.start({ ...variables, ...database.variables, DATA_DIR: folder });
      await server.ready();
      return { server, folder };
    };
    const stop = async ({ server, folder }: Awaited<ReturnType<typeof start>>) => {
      const started = performance.now();
      const { code, stderr } = await server.stop("SIGINT");
      const took = performance.now() - started;
      const files = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      await Deno.remove(folder, { recursive: true });
      assert.equal(code, 0, stderr);
      assert.ok(took < KILLED_AFTER_MILLISECONDS, `${took} ms`);
      return files;
    };

    await t.step("people sign up, sign in and work, and nothing is written to the disk", async () => {
      const first = await start();
      const signedUp = await new Browser(first.server.port).post("https://app.example/signup", {
        ...ADA,
        name: "Ada",
        company_name: "Acme",
        subdomain: "acme",
      });
      const created = await callAsAda(first.server.port, "POST", "/projects", { name: "Apollo" });

      assert.equal(signedUp.status, 200);
      assert.equal(created.status, 201);
      assert.deepEqual(await stop(first), []);
    });

    await t.step("the next instance has everything", async () => {
      const second = await start();
      const listed = await callAsAda(second.server.port, "GET", "/projects");
      const { status } = await fetch(`http://127.0.0.1:${second.server.port}/health`).then(drained);

      assert.deepEqual(listed.json.data.map(({ name }: { name: string }) => name), ["Apollo"]);
      assert.equal(status, 200);
      assert.deepEqual(await stop(second), []);
    });
  },
});

Deno.test("deno.json tells Deno Deploy how to build, migrate and start the product", () => {
  const { deploy } = denoConfig;

  assert.deepEqual(Object.keys(deploy), ["install", "build", "predeploy", "runtime"]);
  assert.equal(deploy.build, "deno task css");
  assert.equal(deploy.predeploy, "deno task admin db migrate");
  assert.equal(commandsOf("start").at(-1)!.split(" ").at(-1), deploy.runtime.entrypoint);
});

async function callAsAda(port: number, method: string, path: string, body?: unknown) {
  const host = "acme.app.example";
  const login = { port, host, method: "POST", path: "/api/v1/auth/login", body: { ...ADA, tenant: "acme" } };
  const { json: { access_token: token } } = await callApi(login);
  return await callApi({
    port,
    host,
    method,
    path: `/api/v1${path}`,
    token,
    ...body !== undefined && { body },
  });
}

async function disposableDatabase() {
  const database = await openTestDatabase();
  return { variables: database.variables, [Symbol.asyncDispose]: () => database.close() };
}

async function drained(response: Response): Promise<Response> {
  await response.body?.cancel();
  return response;
}
