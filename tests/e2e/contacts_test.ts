import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { unsubscribeUrl } from "../../src/contacts/links.ts";
import { runJobs } from "../support/notifications.ts";
import { PASSWORD, World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser } from "./steps.ts";

/** Protects: in a browser, a team imports its contacts and selects some of them, and one of them unsubscribes for good. */

Deno.test("contacts are imported, selected by a segment with a live count, and one unsubscribes", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const host = `http://${world.host("acme")}`;
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await page.goto(`${host}/login?next=/contacts`);
    await page.fill("#email", acme.owner.email);
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");
    await page.waitForURL(/\/contacts$/);

    await page.getByRole("link", { name: "Import contacts" }).first().click();
    await page.setInputFiles("#import-file", {
      name: "fair.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(
        "Email;City\nmira@example.com;Lisbon\nyusuf@example.com;Porto\nhana@example.com;Lisbon\n",
      ),
    });
    await page.getByRole("button", { name: "Upload and check" }).click();
    await page.getByLabel("Yes, they agreed").check();
    await page.getByLabel("How did they agree?").fill("At our fair");
    await page.getByRole("button", { name: "Import contacts" }).click();
    await page.waitForSelector("progress");
    await runJobs(world);
    await page.getByRole("link", { name: "Show contacts" }).click();
    await page.waitForSelector("text=1–3 of 3");

    await page.goto(`${host}/segments/new`);
    await page.fill("#segment-name", "Lisbon");
    await page.selectOption('[name="kind_0"]', "field");
    await page.locator('[name="key_0"]').fill("city");
    await page.selectOption('[name="op_0"]', "is");
    await page.locator('[name="value_0"]').fill("Lisbon");
    await page.locator('[name="value_0"]').blur();
    await page.waitForSelector("text=2 contacts");
    await page.getByRole("button", { name: "Create segment" }).click();
    await page.waitForSelector("text=Lisbon was saved");

    const { json } = await world.api("GET", "/contacts?search=mira", { token: await world.token(acme) });
    await page.goto(unsubscribeUrl(acme.ctx, json.data[0].id));
    await page.getByRole("button", { name: "Unsubscribe" }).click();
    await page.waitForSelector("text=You're unsubscribed");
    await page.goto(`${host}/contacts?consent_status=withdrawn`);
    await page.waitForSelector("text=mira@example.com");

    assert.deepEqual(complaints, []);
  });
});
