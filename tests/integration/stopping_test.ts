import assert from "node:assert/strict";
import { Browser } from "../support/browser.ts";
import { openTestDatabase, serverUrl } from "../support/database.ts";
import { DatabaseProxy } from "../support/database_proxy.ts";
import { ServerProcess } from "../support/process.ts";

/** Protects: the process exits within 8 seconds of the signal, whatever hangs. Docker kills it after 10. */

const LONGEST_STOP_MILLISECONDS = 8_000;

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
