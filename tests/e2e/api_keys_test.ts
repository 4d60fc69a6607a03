import assert from "node:assert/strict";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: in a browser, a new API key is copied with one click, and revoked in a dialog of the list. */

Deno.test("a person creates a key, copies it, and revokes it in the list", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const host = `http://${world.host("acme")}`;
  const browser = await launchBrowser();
  try {
    const { context, page, complaints } = await openWindow(browser);
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: host });
    await page.goto(`${host}/login?next=/developers/api-keys/new`);
    await page.fill("#email", acme.owner.email);
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");
    await page.waitForURL(/api-keys\/new/);

    await page.fill("#key-name", "CI");
    await page.getByLabel("Create and change projects").check();
    assert.equal(await page.getByRole("checkbox", { name: "See projects", exact: true }).isChecked(), true);
    await page.getByRole("button", { name: "Create API key" }).click();
    const secret = await page.inputValue("#api-key");
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByText("Copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    const works = await world.api("GET", "/projects", { headers: { "X-API-Key": copied } });

    await page.getByRole("link", { name: "Done" }).click();
    await page.locator("#key-list-rows summary").first().click();
    await page.getByRole("link", { name: "Revoke" }).filter({ visible: true }).last().click();
    await page.waitForSelector("dialog[open]");
    await page.getByRole("button", { name: "Revoke API key" }).click();
    await page.getByText("API key CI revoked.").waitFor();
    await page.getByText("Let programs work for you").waitFor();
    const revoked = await world.api("GET", "/projects", { headers: { "X-API-Key": copied } });

    assert.equal(copied, secret);
    assert.deepEqual([works.status, revoked.status], [200, 401]);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
