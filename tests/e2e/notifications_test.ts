import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { runJobs, tellJoined } from "../support/notifications.ts";
import { PASSWORD, World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser } from "./steps.ts";

/** Protects: notifications appear on open pages without a reload, and can be read with and without JavaScript. */

Deno.test("a notification appears in two windows without a reload, and reading it in one counts in the other", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await inBrowser(async (browser) => {
    const [list, other] = [await openWindow(browser), await openWindow(browser)];
    await signIn(list.page, world, "/notifications");
    await signIn(other.page, world, "/dashboard");
    await list.page.getByText("Stay up to date").waitFor();

    await tellJoined(world, acme, ["Ben Alvarez"]);
    await runJobs(world);
    await list.page.getByText("Ben Alvarez joined the workspace as member.").waitFor();
    await other.page.locator("#unread", { hasText: "1" }).waitFor();
    await list.page.getByRole("button", { name: "Mark as read", exact: true }).click();
    await list.page.locator("#unread:empty").waitFor({ state: "attached" });
    await other.page.locator("#unread:empty").waitFor({ state: "attached" });

    assert.equal(await list.page.getByText("Ben Alvarez joined").count(), 1);
    assert.deepEqual([...list.complaints, ...other.complaints], []);
  });
});

Deno.test("a page that was offline shows what it missed once it is online again", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await inBrowser(async (browser) => {
    const { page, context } = await openWindow(browser);
    await signIn(page, world, "/notifications");
    await tellJoined(world, acme, ["Ada"]);
    await runJobs(world);
    await page.locator("#unread", { hasText: "1" }).waitFor();

    await context.setOffline(true);
    await tellJoined(world, acme, ["Ben", "Cleo"]);
    await runJobs(world);
    await context.setOffline(false);
    await page.locator("#unread", { hasText: "3" }).waitFor();

    for (const name of ["Ada", "Ben", "Cleo"]) {
      assert.equal(await page.getByText(`${name} joined the workspace`).count(), 1);
    }
  });
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";

  Deno.test(`notifications are read one by one and all at once, ${how} JavaScript`, async () => {
    await using world = await World.open();
    const acme = await world.company("acme");
    await tellJoined(world, acme, ["Ada", "Ben", "Cleo"]);
    await runJobs(world);
    await inBrowser(async (browser) => {
      const { page, complaints } = await openWindow(browser, { javaScriptEnabled });
      await signIn(page, world, "/notifications");

      await page.getByRole("button", { name: "Mark as read", exact: true }).first().click();
      await page.locator("#unread", { hasText: "2" }).waitFor();
      await page.getByRole("link", { name: "Unread", exact: false }).first().click();
      await page.waitForURL(/status=unread/);
      assert.equal(await page.locator("#notification-list-rows tr").count(), 2);
      await page.getByRole("button", { name: "Mark all as read" }).click();
      await page.getByText("All notifications are marked as read.").waitFor();

      assert.deepEqual(complaints, []);
    });
  });
}

async function signIn(page: Page, world: World, path: string): Promise<void> {
  const host = `http://${world.host("acme")}`;
  await page.goto(`${host}/login?next=${encodeURIComponent(path)}`);
  await page.fill("#email", "owner@acme.example");
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(`${host}${path}`);
}
