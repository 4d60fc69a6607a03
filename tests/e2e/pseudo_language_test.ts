import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { PASSWORD, World } from "../support/world.ts";
import { Axe } from "./axe.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: pages hold longer texts, and texts from right to left. */

const WINDOWS = [{ width: 1280, height: 900 }, { width: 360, height: 780 }];
const PSEUDO = { "Accept-Language": "ar-XB" };

Deno.test("pages in the pseudo-language fit their window, cut no text, and pass axe", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme", "Northwind Robotics with a rather long name");
  await world.staff("owner@acme.example");
  const token = await world.token(company);
  await world.api("POST", "/projects", { token, body: { name: "Website relaunch" } });
  const [apex, host] = [`http://${world.host()}`, `http://${world.host("acme")}`];
  const browser = await launchBrowser();
  try {
    for (const viewport of WINDOWS) {
      const { context, page } = await openWindow(browser, { viewport });
      await context.setExtraHTTPHeaders(PSEUDO);
      for (const address of [`${apex}/`, `${apex}/signup`, `${apex}/login`]) await visit(t, page, address);
      await page.fill("#email", "owner@acme.example");
      await page.fill("#password", PASSWORD);
      await page.click("#login-button");
      await page.waitForURL(/\/dashboard$/, { waitUntil: "domcontentloaded", timeout: 60_000 });
      for (
        const address of [
          `${host}/dashboard`,
          `${host}/projects`,
          `${host}/projects/new`,
          `${host}/team`,
          `${host}/settings`,
          `${apex}/workspaces`,
          `${apex}/admin/tenants/${company.tenant.id}`,
          `${apex}/admin/jobs`,
          `${apex}/admin/suppressions/new`,
        ]
      ) await visit(t, page, address);
      await context.close();
    }
  } finally {
    await browser.close();
  }
});

async function visit(t: Deno.TestContext, page: Page, address: string): Promise<void> {
  await t.step(`${page.viewportSize()!.width}px ${new URL(address).pathname}`, async () => {
    await page.goto(address, { timeout: 60_000 });
    const { direction, excess, cut } = await page.evaluate(measure);

    assert.equal(direction, "rtl");
    assert.equal(excess, 0, "the page scrolls sideways");
    assert.deepEqual(cut, []);
    await using axe = await Axe.load(page);
    assert.deepEqual(await axe.violations(), []);
  });
}

/** Runs in the page. A text is cut if its box hides the end without an ellipsis. */
function measure() {
  const { scrollWidth, clientWidth } = document.documentElement;
  const hides = (element: Element) => {
    const { overflowX, textOverflow, webkitLineClamp, position } = getComputedStyle(element);
    const isMeant = textOverflow === "ellipsis" || webkitLineClamp !== "none" || position === "absolute";
    return /hidden|clip/.test(overflowX) && !isMeant && element.scrollWidth > element.clientWidth + 1;
  };
  return {
    direction: document.dir,
    excess: scrollWidth - clientWidth,
    cut: [...document.body.querySelectorAll("*")].filter((element) =>
      element.textContent?.trim() && element.clientWidth > 0 && hides(element)
    ).map((element) => element.outerHTML.slice(0, 200)),
  };
}
