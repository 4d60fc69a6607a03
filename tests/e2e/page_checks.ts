import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { World } from "../support/world.ts";
import { Axe } from "./axe.ts";
import { launchBrowser } from "./browser.ts";
import type { ListedPage } from "./page_list.ts";
import { openScene, SCENE_SETTINGS } from "./scene.ts";
import { DESKTOP, open, settle, tour } from "./tour.ts";

const WINDOWS = { desktop: DESKTOP, phone: { width: 320, height: 780 } };

/** Opens every page in a window of this kind: it fits the window, and passes axe in light and dark. */
export async function checkPages(t: Deno.TestContext, kind: keyof typeof WINDOWS): Promise<void> {
  await using world = await World.open(SCENE_SETTINGS);
  const scene = await openScene(world, "Northwind Robotics with a rather long name");
  const browser = await launchBrowser();
  try {
    await tour(browser, scene, async (page, listed) => {
      if (listed.only && listed.only !== kind) return;
      await t.step(listed.name, () => check(page, listed, WINDOWS[kind]));
    });
  } finally {
    await browser.close();
  }
}

/** Dark differs from light only in its colors. */
async function check(page: Page, listed: ListedPage, window: { width: number; height: number }) {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, listed);
  await using axe = await Axe.load(page);
  await page.setViewportSize(window);
  assert.equal(await page.evaluate(sidewaysScroll), 0, "the page scrolls sideways");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(settle);
    const violations = await axe.violations(colorScheme === "dark" ? ["color-contrast"] : undefined);
    assert.deepEqual(violations, [], colorScheme);
  }
}

/** Runs in the page. */
function sidewaysScroll(): number {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}
