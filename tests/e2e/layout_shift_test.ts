import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { openNorthwind } from "../support/northwind.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";
import { OWNER } from "./scene.ts";
import { DESKTOP, settle } from "./tour.ts";

/** Protects: nothing that a person reads jumps when a part of the page is replaced. */

const MAX_SHIFT = 0.02;
/** Chromium doesn't count what moves within half a second of an input, so responses take longer. */
const RESPONSE_MILLISECONDS = 600;

type Counting = { shift: number };

Deno.test("filtering, dialogs, saving and tabs don't shift the page", async (t) => {
  await using world = await World.open();
  await openNorthwind(world);
  const browser = await launchBrowser();
  try {
    const { page } = await openWindow(browser, { viewport: DESKTOP });
    await page.addInitScript(countShifts);
    await signIn(page, world);
    await page.goto(`http://${world.host("northwind")}/projects`);
    await page.route((url) => url.pathname.startsWith("/projects"), answerLate);
    const steady = (name: string, act: () => Promise<unknown>) =>
      t.step(name, async () => {
        const shift = await shiftDuring(page, act);
        assert.ok(shift < MAX_SHIFT, `${shift}`);
      });
    await steady("filter", async () => {
      await answered(page, () => page.locator("main input[name=search]").pressSequentially("review"));
      await page.waitForSelector("#project-list-rows tr:has-text('Warehouse move')", { state: "detached" });
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "search");
    });
    await steady("another tab", async () => {
      await answered(page, () => page.click("#project-list nav a:has-text('Archived')"));
      await page.waitForSelector("#project-list-rows tr:has-text('Data protection review')", {
        state: "detached",
      });
    });
    await steady("open a dialog and close it", async () => {
      await page.locator("a:has-text('New project')").first().click();
      await page.waitForSelector("dialog[open] #project-name");
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog:not(#palette)", { state: "detached" });
    });
    await steady("save", async () => {
      await page.locator("a:has-text('New project')").first().click();
      await page.fill("dialog #project-name", "Reading room");
      await page.click("dialog button:has-text('Create project')");
      await page.waitForSelector("dialog:not(#palette)", { state: "detached" });
    });
    await steady("search", async () => {
      await page.keyboard.press("Control+k");
      await page.waitForSelector("#palette [role=option]");
      await page.keyboard.type("gift");
      await page.waitForSelector("#palette [role=option]:has-text('Gift cards')");
      await page.keyboard.press("Escape");
    });
  } finally {
    await browser.close();
  }
});

/** Runs in the page. */
function countShifts(): void {
  const counting = globalThis as unknown as Counting;
  counting.shift = 0;
  new PerformanceObserver((list) => {
    for (
      const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]
    ) {
      if (!entry.hadRecentInput) counting.shift += entry.value;
    }
  }).observe({ type: "layout-shift" });
}

async function shiftDuring(page: Page, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(() => (globalThis as unknown as Counting).shift = 0);
  await act();
  await page.evaluate(settle);
  await page.evaluate(() =>
    new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  );
  return await page.evaluate(() => (globalThis as unknown as Counting).shift);
}

async function answered(page: Page, act: () => Promise<unknown>): Promise<void> {
  const response = page.waitForResponse((response) => response.request().headers()["hx-request"] === "true");
  await act();
  await response;
}

async function answerLate(route: Parameters<Parameters<Page["route"]>[1]>[0]): Promise<void> {
  await new Promise((done) => setTimeout(done, RESPONSE_MILLISECONDS));
  await route.continue();
}

async function signIn(page: Page, world: World): Promise<void> {
  await page.goto(`http://${world.host("northwind")}/login`);
  await page.fill("#email", OWNER);
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(/\/dashboard$/);
}
