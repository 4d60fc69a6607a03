import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { World } from "../support/world.ts";
import { checkPages } from "./page_checks.ts";

/** Protects: every page is accessible, fits every window, and is small. workspace_pages_test.ts has the other pages. */

const MAX_SCRIPT_BYTES = 50 * 1024;
const MAX_STYLE_BYTES = 25 * 1024;

Deno.test("every page outside of workspaces passes axe and fits its window, light and dark", (t) =>
  checkPages(t, "outside"));

Deno.test("a page's scripts are under 50 KB and its styles under 25 KB compressed", async () => {
  await using world = await World.open();
  // The sign-in page has one script more: it uses passkeys.
  const page = await world.browser().get(`http://${world.host()}/login`);

  const sizeOf = async (pattern: RegExp) => {
    const files = await Promise.all(
      [...page.text.matchAll(pattern)].map(([, path]) =>
        world.browser().get(`http://${world.host()}${path}`)
      ),
    );
    assert.ok(files.length > 0);
    return files.reduce((total, { text }) => total + gzipSync(text).length, 0);
  };
  const scripts = await sizeOf(/<script[^>]+src="([^"]+)"/g);
  const styles = await sizeOf(/<link rel="stylesheet" href="([^"]+)"/g);

  assert.ok(scripts < MAX_SCRIPT_BYTES, `${scripts} bytes of scripts`);
  assert.ok(styles < MAX_STYLE_BYTES, `${styles} bytes of styles`);
});
