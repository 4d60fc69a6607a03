import assert from "node:assert/strict";
import { loadGuides } from "../../routes/site/docs/guides.ts";
import { World } from "../support/world.ts";
import { Axe } from "./axe.ts";
import { launchBrowser, openWindow } from "./browser.ts";
import { settle } from "./tour.ts";
Deno.test("tmp", async (t) => {
  await using world = await World.open();
  const browser = await launchBrowser();
  const { page } = await openWindow(browser, {});
  for (const { href } of (await loadGuides()).guides) {
    if (
      !/signing-in|guides.api-keys|asvs|backup|admin.jobs|production|sending-domains|admin.sign-in|upgrade|add-a-(plan|sett)|brand|first|build$|add-an/
        .test(href)
    ) continue;
    await t.step(href, async () => {
      await page.goto(`http://${world.host()}${href}`);
      await using axe = await Axe.load(page);
      for (const w of [{ width: 320, height: 780 }, { width: 1440, height: 900 }]) {
        await page.setViewportSize(w);
        assert.equal(
          await page.evaluate(() =>
            document.documentElement.scrollWidth - document.documentElement.clientWidth
          ),
          0,
          "sideways",
        );
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          await page.evaluate(settle);
          assert.deepEqual(
            await axe.violations(colorScheme === "dark" ? ["color-contrast"] : undefined),
            [],
            colorScheme,
          );
        }
      }
    });
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`http://${world.host()}/docs/build/add-a-page`);
  await page.screenshot({ path: "/tmp/shot_dark_phone.png" });
  await browser.close();
});
