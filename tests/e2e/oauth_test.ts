import assert from "node:assert/strict";
import { startWorker } from "../support/jobs.ts";
import { OidcProvider } from "../support/providers.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: the buttons of providers work in a real browser, under our content security policy. */

Deno.test("an owner invites a colleague, who joins with Google and later signs in with it", async () => {
  await using google = await OidcProvider.open();
  await using world = await World.open(google.variables("GOOGLE"));
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme", "Acme Robotics");
  google.claims = { sub: "ben", email: "ben@acme.example", email_verified: true, name: "Ben Osei" };
  const browser = await launchBrowser();
  try {
    const owner = await openWindow(browser);
    await owner.page.goto(`http://${world.host("acme")}/login`);
    await owner.page.fill("#email", acme.owner.email);
    await owner.page.fill("#password", PASSWORD);
    await owner.page.click("#login-button");
    await owner.page.waitForURL(/\/dashboard$/);
    await owner.page.goto(`http://${world.host("acme")}/team/invitations/new`);
    await owner.page.fill("input[name=email]", "ben@acme.example");
    await owner.page.click("button:has-text('Send invitation')");
    await owner.page.waitForSelector("text=ben@acme.example");
    await worker.idle();
    const [sent] = await world.emails("ben@acme.example");

    const ben = await openWindow(browser);
    await ben.page.goto(sent!.links.find((link) => link.includes("/invitations/"))!);
    await ben.page.click("text=Continue with Google");
    await ben.page.waitForSelector("text=You'll sign in as");
    assert.equal(await ben.page.inputValue("#name"), "Ben Osei");
    assert.equal(await ben.page.locator("input[type=password]").count(), 0);
    await ben.page.click("button:has-text('Join workspace')");
    await ben.page.waitForURL(`http://${world.host("acme")}/dashboard`);
    assert.equal(await ben.page.textContent(".tenant-name"), "Acme Robotics");

    const later = await openWindow(browser, { javaScriptEnabled: false });
    await later.page.goto(`http://${world.host("acme")}/login`);
    await later.page.click("text=Continue with Google");
    await later.page.waitForURL(`http://${world.host("acme")}/dashboard`);

    await owner.page.goto(`http://${world.host("acme")}/team`);
    await owner.page.waitForSelector("text=Ben Osei");
    assert.deepEqual([...owner.complaints, ...ben.complaints], []);
  } finally {
    await browser.close();
  }
});
