import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { World } from "../support/world.ts";
import { Axe } from "./axe.ts";
import { launchBrowser } from "./browser.ts";
import type { ListedPage } from "./page_list.ts";
import { openScene, SCENE_SETTINGS } from "./scene.ts";
import { DESKTOP, open, settle, tour } from "./tour.ts";

/** Protects: every page is accessible, fits every window, and is small. */

const MAX_SCRIPT_BYTES = 50 * 1024;
const MAX_STYLE_BYTES = 25 * 1024;
const NARROW = { width: 320, height: 780 };

Deno.test("every page passes axe and fits its window, light and dark, on desktop and phone", async (t) => {
  await using world = await World.open(SCENE_SETTINGS);
  const scene = await openScene(world, "Northwind Robotics with a rather long name");
  const browser = await launchBrowser();
  try {
    await tour(browser, scene, async (page, listed) => {
      await t.step(listed.name, () => check(page, listed));
    });
  } finally {
    await browser.close();
  }
});

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

/** Dark differs from light only in its colors. */
async function check(page: Page, listed: ListedPage): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, listed);
  await using axe = await Axe.load(page);
  for (const window of listed.only === "phone" ? [NARROW] : [DESKTOP, NARROW]) {
    await page.setViewportSize(window);
    assert.equal(await page.evaluate(sidewaysScroll), 0, "the page scrolls sideways");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(settle);
      const violations = await axe.violations(colorScheme === "dark" ? ["color-contrast"] : undefined);
      assert.deepEqual(violations, [], `${colorScheme}, ${window.width} px`);
    }
  }
}

/** Runs in the page. */
function sidewaysScroll(): number {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}
