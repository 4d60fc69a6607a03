import assert from "node:assert/strict";
import { Browser } from "../support/browser.ts";
import { newDataFolder, openTestDatabase, serverUrl } from "../support/database.ts";
import { DatabaseProxy } from "../support/database_proxy.ts";
import { EventReader } from "../support/event_stream.ts";
import { callApi, send } from "../support/http.ts";
import { ServerProcess } from "../support/process.ts";

/**
 * Protects: a stopping server first turns load balancers away, then ends streams, then finishes requests. It exits within 8 seconds of
 * STOP_DELAY, whatever hangs.
 */

const LONGEST_STOP_MILLISECONDS = 8_000;
const STOP_DELAY_SECONDS = 1.5;
/** Well below the time that other requests get to end. */
const LONGEST_STREAM_END_MILLISECONDS = 4_000;

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

Deno.test("a server that gets SIGTERM isn't ready, serves until STOP_DELAY, and then ends its event streams", async () => {
  const folder = await newDataFolder();
  try {
    await using server = await ServerProcess.start({
      DATA_DIR: folder,
      STOP_DELAY: String(STOP_DELAY_SECONDS),
    });
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
    const before = await ready(port);

    const started = performance.now();
    const stopped = server.stop("SIGTERM");
    let during = before;
    while (during.status === 200) during = await ready(port); // the signal takes a moment
    const created = await call("/projects", { name: "Gemini" }, token);
    const events = await reader.receive(2);
    await reader.closed();
    const streamed = performance.now() - started;
    const { code, stderr } = await stopped;

    assert.deepEqual([before.headers.connection, during.headers.connection], [undefined, "close"]);
    assert.deepEqual([during.status, created.status], [503, 201]);
    assert.deepEqual(events.map(({ event }) => event), ["project.created", "project.created"]);
    assert.equal(code, 0, stderr);
    assert.ok(streamed >= STOP_DELAY_SECONDS * 1_000, `${streamed} ms`);
    assert.ok(streamed < LONGEST_STREAM_END_MILLISECONDS, `${streamed} ms`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Asks like a load balancer, which keeps its connection if it may. */
function ready(port: number) {
  const headers = { Connection: "keep-alive" };
  return send({ port, host: `localhost:${port}`, method: "GET", path: "/ready", headers });
}
