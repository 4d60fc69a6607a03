import assert from "node:assert/strict";
import { Browser } from "../support/browser.ts";
import { openTestDatabase, serverUrl } from "../support/database.ts";
import { DatabaseProxy } from "../support/database_proxy.ts";
import { EventReader } from "../support/event_stream.ts";
import { callApi } from "../support/http.ts";
import { ServerProcess } from "../support/process.ts";

/** Protects: the process exits within 8 seconds of the signal, whatever hangs. Docker kills it after 10. */

const LONGEST_STOP_MILLISECONDS = 8_000;
/** Well below the time that other requests get to end. */
const LONGEST_STREAM_END_MILLISECONDS = 2_500;

Deno.test({
  name: "a server stops in time if its database never answers, not even on new connections",
  ignore: !serverUrl, // the embedded database is in the process
  fn: async () => {
    const database = await openTestDatabase();
    const folder = await Deno.makeTempDir({ prefix: "denizen-" });
    try {
      await using proxy = await DatabaseProxy.open(database.address);
      const { url } = proxy.address as { url: string };
      await using server = await ServerProcess.start({
        ...database.variables,
        DATABASE_URL: url,
        JOBS_ENGINE: "postgres",
        DATA_DIR: folder,
      });
      await server.ready();
      proxy.silenceAll();
      new Browser(server.port).get(`http://acme.localhost:${server.port}/login`).catch(() => {}); // it is cut off

      const started = performance.now();
      const { code, stderr } = await server.stop("SIGTERM");
      const took = performance.now() - started;

      assert.equal(code, 0, stderr);
      assert.ok(took < LONGEST_STOP_MILLISECONDS, `${took} ms`);
    } finally {
      await database.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("a server ends its event streams when it stops, instead of waiting for them", async () => {
  const folder = await Deno.makeTempDir({ prefix: "denizen-" });
  try {
    await using server = await ServerProcess.start({ DATA_DIR: folder });
    await server.ready();
    const { port } = server;
    const host = `acme.localhost:${port}`;
    const person = { email: "ada@acme.example", password: "correct horse battery" };
    await new Browser(port).post(`http://localhost:${port}/signup`, {
      ...person,
      name: "Ada",
      company_name: "Acme",
      subdomain: "acme",
    });
    const call = (path: string, body: unknown, token?: string) =>
      callApi({ port, host, method: "POST", path: `/api/v1${path}`, body, ...(token && { token }) });
    const { json: { access_token: token } } = await call("/auth/login", { ...person, tenant: "acme" });
    await using reader = await EventReader.open({ port, host: () => host }, { token });
    await call("/projects", { name: "Apollo" }, token);
    const [created] = await reader.receive(1);

    const started = performance.now();
    const { code, stderr } = await server.stop("SIGTERM");
    await reader.closed;
    const took = performance.now() - started;

    assert.equal(created!.event, "project.created");
    assert.equal(code, 0, stderr);
    assert.ok(took < LONGEST_STREAM_END_MILLISECONDS, `${took} ms`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
