import assert from "node:assert/strict";
import { dayOf } from "../../src/analytics/days.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: the refresh of the dashboard disturbs nobody who is reading it, and its charts fit a small phone. */

Deno.test("a refresh keeps an open table and the focus, and brings the new figures", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.apiCalls(acme, dayOf(world.clock.now()), 120);
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openWindow(browser, { viewport: { width: 320, height: 640 } });
    await page.clock.install();
    await page.goto(`http://${world.host("acme")}/login`);
    await page.fill("#email", acme.owner.email);
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");
    await page.waitForURL(/\/dashboard$/);
    await page.getByText("Show as table").click();
    await page.locator("#dashboard-figures a").first().focus();
    await world.apiCalls(acme, dayOf(world.clock.now()), 80);

    await page.clock.runFor(31_000);

    await page.getByRole("cell", { name: "200", exact: true }).waitFor();
    assert.equal(
      await page.locator("#api-calls details").evaluate((details) => (details as HTMLDetailsElement).open),
      true,
    );
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("href")), "/projects");
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      0,
    );
    const fills = await page.locator("#api-calls rect").evaluateAll((bars) =>
      bars.map((bar) => getComputedStyle(bar).fill)
    );
    assert.equal(new Set(fills).size, 2, "today's bar is lighter");
    assert.ok(!fills.includes("rgb(0, 0, 0)"), "the style sheet has the bars' colors");
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
