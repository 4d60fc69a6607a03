import assert from "node:assert/strict";
import { after, DAY } from "../../src/platform/clock.ts";
import { addEvents } from "../support/analytics.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: charts can be read point by point with the keyboard, and a refresh keeps the point. */

Deno.test("the arrow keys go from day to day, say the values, and stay there during a refresh", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const yesterday = { event: "opened", at: after(world.clock.now(), -DAY) };
  await addEvents(world, acme, [yesterday, yesterday]);
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openWindow(browser);
    await page.clock.install();
    await page.goto(`http://${world.host("acme")}/login`);
    await page.fill("#email", acme.owner.email);
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");
    await page.waitForURL(/\/dashboard$/);
    await page.goto(`http://${world.host("acme")}/analytics?days=7`);
    const chart = page.getByRole("slider", { name: /^Events on each day/ });
    const shown = page.locator("#events p[aria-hidden]");
    const press = async (key: string) => {
      await page.keyboard.press(key);
      return [await chart.getAttribute("aria-valuetext"), await shown.innerText()];
    };

    await chart.focus();
    const read = [];
    for (const key of ["Home", "End", "ArrowLeft"]) read.push(await press(key));
    await addEvents(world, acme, [yesterday]);
    await page.clock.runFor(31_000);
    await page.locator("#events p", { hasText: "Mar 1: 3" }).waitFor();
    const next = await press("ArrowLeft");
    await page.keyboard.press("Tab");

    assert.deepEqual(read, [
      ["Feb 24: 0", "Feb 24: 0"],
      ["Mar 2: 0", "Mar 2: 0"],
      ["Mar 1: 2", "Mar 1: 2"],
    ]);
    assert.deepEqual(next, ["Feb 28: 0", "Feb 28: 0"]);
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Show as table");
    assert.equal(await shown.isHidden(), true);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
