import assert from "node:assert/strict";
import { loadAsset } from "../../routes/static_files.ts";
import { PROJECT_FOLDER } from "../../src/platform/project_folder.ts";
import { StartError } from "../../src/platform/start_error.ts";

/** Protects: without static files, the server stops at the start with one line that says how to create them. */

const CASES = [
  ["views/static/nowhere.css", "deno task css"],
  ["node_modules/nowhere/nowhere.js", "deno install"],
] as const;

for (const [path, remedy] of CASES) {
  Deno.test(`without ${path.split("/").at(-1)}, the server doesn't start and says to run "${remedy}"`, async () => {
    await assert.rejects(
      loadAsset("file", { parts: [path], type: "text/css" }),
      new StartError(`The file ${new URL(path, PROJECT_FOLDER).pathname} can't be read. Run: ${remedy}`),
    );
  });
}
