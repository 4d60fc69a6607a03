import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { World } from "../support/world.ts";
import { Axe } from "./axe.ts";
import { launchBrowser } from "./browser.ts";
import type { ListedPage } from "./page_list.ts";
import { openScene, SCENE_SETTINGS } from "./scene.ts";
import { DESKTOP, open, settle, tour, type ToursPart } from "./tour.ts";

const WINDOWS = { desktop: DESKTOP, phone: { width: 320, height: 780 } };
type WindowKind = keyof typeof WINDOWS;

/** Opens every page of a part of the tour: it fits a desktop's and a phone's window, and passes axe there in light and dark. */
export async function checkPages(t: Deno.TestContext, part: ToursPart): Promise<void> {
  await using world = await World.open(SCENE_SETTINGS);
  const scene = await openScene(world, "Northwind Robotics with a rather long name");
  const browser = await launchBrowser();
  try {
    await tour(browser, scene, async (page, listed) => {
      const kinds: WindowKind[] = listed.only ? [listed.only] : ["desktop", "phone"];
      await t.step(listed.name, (t) => checkPage(t, page, listed, kinds));
    }, [part]);
  } finally {
    await browser.close();
  }
}

/** Opens a page once, because that takes longer than a check, and checks it in each of the windows. */
export async function checkPage(
  t: Deno.TestContext,
  page: Page,
  listed: ListedPage,
  kinds: WindowKind[],
): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, listed);
  await using axe = await Axe.load(page);
  for (const kind of kinds) await t.step(kind, () => checkWindow(page, axe, kind));
}

/** Dark differs from light only in its colors. */
async function checkWindow(page: Page, axe: Axe, kind: WindowKind): Promise<void> {
  await page.setViewportSize(WINDOWS[kind]);
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
