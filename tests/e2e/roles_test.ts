import assert from "node:assert/strict";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: in a browser, a role's form shows at once what a permission includes. */

Deno.test("choosing to manage members also chooses to see them, and keeps it chosen", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const host = `http://${world.host("acme")}`;
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openWindow(browser);
    await page.goto(`${host}/login?next=/settings/roles/new`);
    await page.fill("#email", acme.owner.email);
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");
    await page.waitForURL(/roles\/new/);
    const [see, manage] = ["See members", "Manage members"].map((name) =>
      page.getByRole("checkbox", { name, exact: true })
    );

    await manage!.check();
    assert.equal(await see!.isChecked(), true);
    await see!.click();
    assert.equal(await see!.isChecked(), true);
    await manage!.uncheck();
    await see!.uncheck();
    assert.equal(await see!.isChecked(), false);

    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
