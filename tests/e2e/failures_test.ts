import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { createProject } from "../../src/projects/projects.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: a request that fails changes nothing on the page, keeps what was typed, and says so. */

const STILL_HERE = "Your changes are still here.";

Deno.test("a failed request keeps what was typed and says why", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await createProject(acme.ctx, { name: "Warehouse pilot", description: "", status: "active" });
  const browser = await launchBrowser();
  try {
    const { page } = await openWindow(browser);
    await signIn(page, world, acme);

    await t.step("without a connection, and the form can be sent once it is back", async () => {
      await typeNewProject(page, world, "Typed offline");
      await page.context().setOffline(true);
      await send(page);
      await page.waitForSelector(`#failed:has-text("You're offline. ${STILL_HERE}")`);
      assert.equal(await page.inputValue("dialog #project-name"), "Typed offline");

      await page.context().setOffline(false);
      await send(page);
      await page.waitForSelector("#project-list-rows tr:has-text('Typed offline')");
    });

    await t.step("if the server can't be reached", async () => {
      await typeNewProject(page, world, "Typed while down");
      await page.route("**/projects", (route) => route.abort("connectionrefused"), { times: 1 });
      await send(page);
      await page.waitForSelector(`#failed:has-text("We can't reach the server. ${STILL_HERE}")`);
      assert.equal(await page.inputValue("dialog #project-name"), "Typed while down");
    });

    await t.step("if a proxy answers with a page of its own, whatever its status", async () => {
      for (const status of [200, 502]) {
        await typeNewProject(page, world, "Typed behind a proxy");
        const body = "<html><body><h1>502 Bad Gateway</h1></body></html>";
        await page.route(
          "**/projects",
          (route) => route.fulfill({ status, body, contentType: "text/html" }),
          {
            times: 1,
          },
        );
        await send(page);
        await page.waitForSelector(`#failed:has-text("We're having trouble right now. ${STILL_HERE}")`);
        assert.equal(await page.inputValue("dialog #project-name"), "Typed behind a proxy");
        assert.equal(await page.getByText("Bad Gateway").count(), 0);
      }
    });

    await t.step("if the person has signed out elsewhere", async () => {
      await typeNewProject(page, world, "Typed signed out");
      const cookies = await page.context().cookies();
      await page.context().clearCookies();
      await send(page);
      await page.waitForSelector("dialog >> text=You're signed out.");
      assert.equal(await page.inputValue("dialog #project-name"), "Typed signed out");
      await page.context().addCookies(cookies);
    });

    await t.step("if the server fails", async () => {
      await typeNewProject(page, world, "Typed before a failure");
      await world.breakTable(acme, "projects");
      await send(page);
      await page.waitForSelector(`dialog >> text=We've been notified. Try again in a moment. ${STILL_HERE}`);
      assert.equal(await page.inputValue("dialog #project-name"), "Typed before a failure");
    });
  } finally {
    await browser.close();
  }
});

Deno.test("a slow request shows a bar; polling shows nothing, even if it fails", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await createProject(acme.ctx, { name: "Warehouse pilot", description: "", status: "active" });
  const browser = await launchBrowser();
  try {
    const { page } = await openWindow(browser);
    await signIn(page, world, acme);

    await t.step("the bar is there until the response arrives", async () => {
      await page.goto(`http://${world.host("acme")}/projects`);
      const release = await hold(page, /\/projects\?.*search=/);
      await page.fill("input[name=search]", "ware");
      await page.waitForFunction(() => getComputedStyle(document.body, "::before").opacity === "1");

      release();

      await page.waitForFunction(() => getComputedStyle(document.body, "::before").opacity === "0");
    });

    await t.step("a dialog has a bar of its own", async () => {
      await typeNewProject(page, world, "Slow");
      const release = await hold(page, /\/projects$/);
      await send(page);
      await page.waitForFunction(() =>
        getComputedStyle(document.querySelector("dialog[open]")!, "::before").opacity === "1"
      );

      release();

      await page.waitForSelector("#project-list-rows tr:has-text('Slow')");
    });

    await t.step("the dashboard refreshes silently without a connection", async () => {
      await page.clock.install();
      await page.goto(`http://${world.host("acme")}/dashboard`);
      await page.context().setOffline(true);
      let polls = 0;
      await page.route("**/dashboard/panel", (route) => {
        polls++;
        return route.abort("internetdisconnected");
      });
      // When the second poll is sent, the page has dealt with the failure of the first.
      for (let run = 0; run < 10 && polls < 2; run++) await page.clock.runFor(31_000);

      assert.ok(polls >= 2, `${polls} polls`);
      assert.equal(await page.locator("#failed").count(), 0);
    });

    await t.step("an expired session leads to the sign-in page and back", async () => {
      await page.context().setOffline(false);
      await page.goto(`http://${world.host("acme")}/projects?status=active`);
      await page.context().clearCookies();
      await page.click("text=New project");
      await page.waitForURL(/\/login\?next=%2Fprojects%3Fstatus%3Dactive$/);
    });
  } finally {
    await browser.close();
  }
});

async function signIn(page: Page, world: World, { owner }: Company): Promise<void> {
  await page.goto(`http://${world.host("acme")}/login`);
  await page.fill("#email", owner.email);
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(/\/dashboard$/);
}

async function typeNewProject(page: Page, world: World, name: string): Promise<void> {
  await page.goto(`http://${world.host("acme")}/projects`);
  await page.click("text=New project");
  await page.fill("dialog[open] #project-name", name);
}

function send(page: Page): Promise<void> {
  return page.click("dialog button:has-text('Create project')");
}

/** Holds the next request for an address until the returned function is called. */
async function hold(page: Page, address: RegExp): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(address, async (route) => {
    await promise;
    await route.continue();
  }, { times: 1 });
  return resolve;
}
