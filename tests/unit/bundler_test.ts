import assert from "node:assert/strict";
import { findOtherBundlers } from "../../deploy/scripts/bundler.ts";

/** Protects: a release isn't bundled by a program that nobody chose. */

const ROOT = new URL("../../", import.meta.url);

Deno.test("what bundles the releases and the image is the esbuild that we name", async () => {
  const cache = await Deno.makeTempDir({ dir: "/tmp", prefix: "denizen-" });
  const check = "deno info --json | deno run --no-prompt --allow-read deploy/scripts/bundler.ts";
  await Deno.mkdir(`${cache}/dl/esbuild-9.9.9`, { recursive: true });

  await assert.rejects(findOtherBundlers(cache), /has no esbuild/);
  await Deno.writeTextFile(`${cache}/dl/esbuild-9.9.9/esbuild-linux-x64`, "another program");
  const [other, ...more] = await findOtherBundlers(cache);

  assert.match(other!, /^esbuild-9\.9\.9\/esbuild-linux-x64 [\da-f]{64}$/);
  assert.equal(more.length, 0);
  assert.match(
    await text("deploy/docker/Dockerfile"),
    new RegExp(`deno task bundle && ${check.replace("|", "\\|")}`),
  );
  assert.ok(
    (await text(".github/workflows/release.yml")).includes(`deno task compile\n      - run: ${check}`),
  );
  await Deno.remove(cache, { recursive: true });
});

function text(file: string): Promise<string> {
  return Deno.readTextFile(new URL(file, ROOT));
}
