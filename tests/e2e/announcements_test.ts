import assert from "node:assert/strict";
import { PASSWORD, World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser } from "./steps.ts";

/** Protects: staff see an announcement as members will see it while they write it, and publish, change and delete it. */

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";

  Deno.test(`an announcement is previewed, published, changed and deleted, ${how} JavaScript`, async () => {
    await using world = await World.open();
    await world.company("acme");
    await world.staff("grace@denizen.example", "Grace Hopper");
    await inBrowser(async (browser) => {
      const { page, complaints } = await openWindow(browser, { javaScriptEnabled });
      const apex = `http://${world.host()}`;
      await page.goto(`${apex}/login?next=/admin/announcements/new`);
      await page.fill("#email", "grace@denizen.example");
      await page.fill("#password", PASSWORD);
      await page.click("#login-button");
      await page.waitForURL(/announcements\/new$/);

      await page.fill("#text", "Maintenance on Sunday.");
      await page.selectOption("#kind", "warning");
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Preview" }).click();
      await page.locator("#announcement-preview .text-warning", { hasText: "Maintenance on Sunday." })
        .waitFor();
      await page.getByRole("button", { name: "Publish" }).click();
      await page.getByRole("link", { name: "Edit “Maintenance on Sunday.”" }).click();
      await page.fill("#text", "Maintenance on Monday.");
      await page.getByRole("button", { name: "Save changes" }).click();
      await page.getByRole("link", { name: "Delete “Maintenance on Monday.”" }).click();
      await page.getByRole("button", { name: "Delete announcement" }).click();
      await page.getByText("No announcements").waitFor();

      assert.deepEqual(complaints, []);
    });
  });
}
