import assert from "node:assert/strict";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: in a browser, people invite and change members in dialogs, and the list shows the change at once. */

Deno.test("an owner invites someone, and changes and removes members, without leaving the list", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  for (const name of ["kim", "mei"]) await world.member(acme, `${name}@acme.example`, "member");
  const host = `http://${world.host("acme")}`;
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openWindow(browser);
    const row = (name: string) => page.locator("#member-list-rows tr", { hasText: name });
    const act = async (name: string, action: string) => {
      await row(name).hover();
      await row(name).locator("summary").click();
      await page.locator("details[open]").getByRole("link", { name: action }).click();
      await page.waitForSelector("dialog[open]");
    };
    await page.goto(`${host}/login`);
    await page.fill("#email", acme.owner.email);
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");
    await page.waitForURL(/dashboard/);

    await page.goto(`${host}/team?role=member`);
    await act("kim", "Change role");
    await page.check("dialog[open] input[value=viewer]");
    await page.click("dialog[open] >> text=Save role");
    await page.waitForSelector("text=kim is now a viewer.");
    assert.equal(await row("kim").count(), 0);
    assert.equal(await page.locator("dialog[open]").count(), 0);
    await act("mei", "Remove");
    await page.click("dialog[open] button.bg-danger");
    await page.waitForSelector("text=mei was removed.");
    assert.equal(await row("mei").count(), 0);

    await page.goto(`${host}/team/invitations`);
    await page.getByRole("link", { name: "Invite people" }).click();
    await page.fill("dialog[open] #invite-email", "kim@acme.example");
    await page.click("dialog[open] >> text=Send invitation");
    await page.waitForSelector("dialog[open] >> text=is already a member");
    await page.fill("dialog[open] #invite-email", "ben@new.example");
    await page.click("dialog[open] >> text=Send invitation");
    await page.waitForSelector("#invitation-list-rows >> text=ben@new.example");
    assert.equal(await page.locator("dialog[open]").count(), 0);

    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
