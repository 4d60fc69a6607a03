import assert from "node:assert/strict";
import { Browser } from "../support/browser.ts";
import { newDataFolder } from "../support/database.ts";
import { LiveFeedClient } from "../support/live_feed.ts";
import { ServerProcess } from "../support/process.ts";

/** Protects: the server's own connections carry live feeds, which end first when the server stops. */

/** Well below the time that other requests get to end. */
const LONGEST_END_MILLISECONDS = 2_500;
/** Longer than the server remembers who is signed in. */
const CACHED_MILLISECONDS = 5_500;

Deno.test("a live feed outlives the request that opened it, and a server that stops ends it with 1001", async () => {
  const folder = await newDataFolder();
  try {
    await using server = await ServerProcess.start({ DATA_DIR: folder });
    await server.ready();
    const { port } = server;
    const host = (subdomain = "") => `${subdomain ? `${subdomain}.` : ""}localhost:${port}`;
    const browser = new Browser(port);
    await browser.post(`http://${host()}/signup`, {
      email: "ada@acme.example",
      password: "correct horse battery",
      name: "Ada",
      company_name: "Acme",
      subdomain: "acme",
    });

    await new Promise((done) => setTimeout(done, CACHED_MILLISECONDS)); // the server has to ask the database again
    await using first = await LiveFeedClient.open({ port, host }, { browser, version: 7 });
    await using second = await LiveFeedClient.open({ port, host }, { browser, version: 8 });
    await first.until(() => first.versions.length === 1);
    await second.until(() => second.versions.length === 1);
    const started = performance.now();
    const stopped = server.stop("SIGTERM");
    await first.until(() => first.closeCode !== undefined);
    const took = performance.now() - started;
    const { code, stderr } = await stopped;

    assert.deepEqual([first.versions, second.versions], [[0], [0]]);
    assert.equal(first.closeCode, 1001);
    assert.ok(took < LONGEST_END_MILLISECONDS, `${took} ms`);
    assert.equal(code, 0, stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
