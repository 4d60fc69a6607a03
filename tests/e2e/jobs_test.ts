import assert from "node:assert/strict";
import { COLLECT } from "../../src/analytics/jobs.ts";
import { addJob, replaced, startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: platform staff find a failed job, retry it, and see its result without reloading. */

Deno.test("staff filter jobs in place, retry one, and see it finish without a reload", async () => {
  await using world = await World.open();
  await world.staff("root@example.com");
  const email = await addJob(world, { queue: "email", state: "failed" });
  const figures = await addJob(world, { queue: "analytics", state: "failed", error: "Down." });
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openWindow(browser);
    await page.goto(`http://${world.host()}/login?next=/admin/jobs`);
    await page.fill("#email", "root@example.com");
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");
    await page.waitForSelector(`#job-${email}`);

    await page.selectOption("select[name=queue]", "analytics");
    await page.waitForSelector(`#job-${email}`, { state: "detached" });
    assert.match(page.url(), /state=failed&queue=analytics$|queue=analytics&state=failed$/);
    await page.click("#job-list nav >> text=Held");
    await page.waitForSelector("text=No matching jobs");
    await page.goBack();
    await page.click(`#job-${figures} a`);
    await page.click("button:has-text('Retry')");
    await page.waitForSelector("#job-panel >> text=Starts as soon as");

    await using worker = await startWorker(world, "kv", { jobs: [replaced(COLLECT, () => {})] });
    await worker.idle();
    await page.waitForSelector("#job-panel >> text=Finished.");
    assert.equal(await page.getAttribute("#job-panel", "hx-get"), null);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
