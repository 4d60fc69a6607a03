import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: the story "support access granted, used, seen in the log", in a real browser, with and without JavaScript. */

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";

  Deno.test(`support access is granted, used, and seen in the log, ${how} JavaScript`, async () => {
    await using world = await World.open();
    await using worker = await startWorker(world, "kv");
    const acme = await world.company("acme", "Acme Robotics");
    await world.member(acme, "mei@acme.example", "member");
    await world.staff("grace@denizen.example", "Grace Hopper");
    const browser = await launchBrowser();
    try {
      const owner = await openWindow(browser, { javaScriptEnabled });
      const staff = await openWindow(browser, { javaScriptEnabled });
      const workspace = `http://${world.host("acme")}`;
      const admin = `http://${world.host()}/admin/tenants/${acme.tenant.id}`;

      await signIn(owner.page, workspace, acme.owner.email);
      await owner.page.goto(`${workspace}/settings/support`);
      await owner.page.fill("#note", "Projects are missing.");
      await owner.page.getByRole("button", { name: "Give support access" }).click();
      await owner.page.waitForSelector("text=Revoke access");

      await signIn(staff.page, `http://${world.host()}`, "grace@denizen.example");
      await staff.page.goto(admin);
      await staff.page.waitForSelector("text=Projects are missing.");
      await staff.page.selectOption("#member-id", { label: "mei" });
      await staff.page.fill("#visit-reason", "Looking for the missing projects.");
      await staff.page.getByRole("button", { name: "View as member" }).click();
      await staff.page.getByRole("link", { name: "Open workspace" }).click();
      await staff.page.waitForURL(`${workspace}/dashboard`);
      assert.match((await staff.page.textContent("main"))!, /viewing Acme Robotics as mei, read-only, until/);
      await staff.page.getByRole("button", { name: "End", exact: true }).click();
      await staff.page.waitForURL(admin);

      await worker.idle();
      const [email] = await world.emails(acme.owner.email);
      assert.match(email!.subject, /Support opened Acme Robotics/);
      await owner.page.goto(`${workspace}/settings/support`);
      await owner.page.waitForSelector("text=Grace Hopper as mei");
      await owner.page.goto(`${workspace}/audit`);
      const log = (await owner.page.textContent("main"))!;
      assert.match(log, /started acting for mei\. Reason: Looking for the missing projects\./);
      assert.match(log, /stopped acting for mei/);
      assert.deepEqual([...owner.complaints, ...staff.complaints], []);
    } finally {
      await browser.close();
    }
  });
}

async function signIn(page: Page, host: string, email: string): Promise<void> {
  await page.goto(`${host}/login`);
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.locator("#password").press("Enter");
  await page.waitForURL((url) => url.pathname !== "/login");
}
