import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { campaignRecipients } from "../../db/tenant/schema/campaigns.ts";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import { addContacts, POSTAL_ADDRESS } from "../support/campaigns.ts";
import { startWorker } from "../support/jobs.ts";
import { World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser, signIn } from "./steps.ts";

/** Protects: someone writes a campaign, checks it, tests it, schedules it, and sees who got it, also without JavaScript. */

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";

  Deno.test(`a campaign is written, checked, tested, scheduled and sent, ${how} JavaScript`, async () => {
    await using world = await World.open();
    const acme = await world.company("acme", "Acme");
    await addContacts(acme.ctx, [
      { email: "ada@example.com", name: "Ada Okafor" },
      { email: "bo@example.com" },
    ]);
    const finish = async () => {
      await using worker = await startWorker(world, "kv");
      await worker.idle();
    };
    await inBrowser(async (browser) => {
      const { page, complaints } = await openWindow(browser, { javaScriptEnabled });
      await signIn(page, world, acme);

      await page.goto(`http://${world.host("acme")}/campaigns`);
      await page.getByRole("link", { name: "New campaign" }).click();
      await page.getByRole("link", { name: "Newsletter" }).click();
      await page.waitForURL(/starter=news/);
      await page.fill("#campaign-name", "Spring news");
      await page.fill("#campaign-subject", "News for {{ name | you }}");
      await page.getByRole("button", { name: "Create draft" }).click();
      await page.getByText("Fix these points before you send.").waitFor();
      const preview = page.frameLocator("iframe");
      await preview.getByText("Hi Ada Lovelace,", { exact: true }).waitFor();

      await page.getByRole("link", { name: "Enter the address" }).click();
      await page.fill("#postal-address", POSTAL_ADDRESS);
      await page.getByRole("button", { name: "Save address" }).click();
      await page.getByRole("link", { name: "Spring news" }).click();
      await page.getByText("Ready to send to 2 recipients.").waitFor();

      await page.getByRole("button", { name: "Send a test to me" }).click();
      await page.getByText("The test is on its way to your inbox.").waitFor();
      await finish();
      const [test] = await world.emails(acme.owner.email);
      assert.equal(test!.subject, "[Test] News for Owner of Acme");

      const at = new Date(world.clock.now().getTime() + HOUR).toISOString().slice(0, 16);
      await page.fill("#campaign-schedule", at);
      await page.getByRole("button", { name: "Schedule" }).click();
      await page.getByText("This campaign will be sent on").waitFor();
      world.clock.advance(HOUR + MINUTE);
      await finish();
      const bo = { clickedAt: world.clock.now() };
      await acme.ctx.tx((tx) =>
        tx.update(campaignRecipients).set(bo).where(eq(campaignRecipients.state, "sent"))
      );

      await page.reload();
      const figure = (name: string) =>
        page.getByLabel("Figures").locator("div", { hasText: name }).locator("dd");
      assert.match(await figure("Sent").innerText(), /^2/);
      assert.match(await figure("Clicked").innerText(), /^2\s*100\.0%/);
      await page.getByRole("link", { name: "See all recipients" }).click();
      await page.getByRole("link", { name: "ada@example.com" }).waitFor();
      assert.deepEqual((await world.emails("ada@example.com")).map(({ subject }) => subject), [
        "News for Ada Okafor",
      ]);
      assert.deepEqual(complaints, []);
    });
  });
}
