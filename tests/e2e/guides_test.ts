import { loadGuides } from "../../routes/site/docs/guides.ts";
import { World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { checkPage } from "./page_checks.ts";
import { inBrowser } from "./steps.ts";

/** Protects: every guide is accessible and fits a phone, in light and dark, like the pages of pages_test.ts. */

Deno.test("every guide at /docs passes axe and fits a phone's window, light and dark", async (t) => {
  await using world = await World.open();
  const { guides } = await loadGuides();
  await inBrowser(async (browser) => {
    const { page } = await openWindow(browser);
    for (const { href } of guides) {
      await t.step(
        href,
        (t) => checkPage(t, page, { name: href, address: `http://${world.host()}${href}` }, ["phone"]),
      );
    }
  });
});
