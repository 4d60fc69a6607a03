import assert from "node:assert/strict";
import { loadAsset } from "../../routes/static_files.ts";
import { StartError } from "../../src/platform/start_error.ts";

/** Protects: without static files, the server stops at the start with one line that says how to create them. */

const CASES = [
  ["file:///nowhere/views/static/app.css", "deno task css"],
  ["file:///nowhere/node_modules/htmx.org/dist/htmx.min.js", "deno install"],
] as const;

for (const [address, remedy] of CASES) {
  Deno.test(`without ${address.split("/").at(-1)}, the server doesn't start and says to run "${remedy}"`, async () => {
    await assert.rejects(
      loadAsset("file", { parts: [new URL(address)], type: "text/css" }),
      new StartError(`The file ${new URL(address).pathname} can't be read. Run: ${remedy}`),
    );
  });
}
