import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { browseInvitations, INVITATION_LIST } from "../../src/access/invitations.ts";
import { listSavedReports, SAVED_REPORT_LIST } from "../../src/analytics/saved_reports/saved_reports.ts";
import { listProjects, PROJECT_LIST } from "../../src/projects/projects.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser, signIn, waitFor, waitForWorker } from "./steps.ts";

/** Protects: a form that is sent without a connection is saved once when it is back, and never for anyone else. */

const KEPT = "There's no connection. This will be saved once it's back.";

Deno.test("a project that is created offline is saved once when the connection is back, with two windows open", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await inBrowser(async (browser) => {
    const { page, context, complaints } = await openWindow(browser, { serviceWorkers: "allow" });
    await signIn(page, world, acme);
    await waitForWorker(page);
    const second = await context.newPage();
    await second.goto(`http://${world.host("acme")}/dashboard`);

    await createOffline(page, world, "Typed offline");
    const isDialogClosed = await page.locator("dialog[open]").count() === 0;
    const before = await projectsOf(acme);
    await context.setOffline(false);
    await Promise.race(
      [page, second].map((each) => each.waitForSelector("text=Saved what you entered offline.")),
    );
    await waitUntilSent(page);
    await page.reload();
    await page.waitForSelector("#project-list-rows tr:has-text('Typed offline')");

    assert.equal(isDialogClosed, true);
    assert.deepEqual(before, []);
    assert.deepEqual(await projectsOf(acme), ["Typed offline"]);
    assert.deepEqual(complaints.filter((each) => !each.includes("ERR_INTERNET_DISCONNECTED")), []);
  });
});

Deno.test("a project that is created offline survives a closed window, and is saved at the next visit", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await inBrowser(async (browser) => {
    const { page, context } = await openWindow(browser, { serviceWorkers: "allow" });
    await signIn(page, world, acme);
    await waitForWorker(page);
    await createOffline(page, world, "Typed before closing");
    await page.close();
    await context.setOffline(false);

    const later = await context.newPage();
    await later.goto(`http://${world.host("acme")}/dashboard`);
    await later.waitForSelector("text=Saved what you entered offline.");

    assert.deepEqual(await projectsOf(acme), ["Typed before closing"]);
  });
});

Deno.test("a page works in a browser that can't open its store, such as while it deletes a sign-in's data", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("Force close delete origin", "UnknownError");
      };
    });

    await signIn(page, world, acme);
    await page.waitForFunction(async () => (await navigator.locks.query()).held!.length === 0);

    assert.deepEqual(complaints, []);
  });
});

Deno.test("a project is kept, too, if the device has a connection but can't reach the server", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await inBrowser(async (browser) => {
    const { page } = await openWindow(browser, { serviceWorkers: "allow" });
    await signIn(page, world, acme);
    await waitForWorker(page);
    await page.goto(`http://${world.host("acme")}/projects`);
    await page.click("text=New project");
    await page.fill("dialog[open] #project-name", "Typed while down");
    await page.route("**/projects", (route) => route.abort("connectionrefused"), { times: 1 });
    await page.click("dialog button:has-text('Create project')");
    await page.waitForSelector(`.toast:has-text("${KEPT}")`);

    await page.goto(`http://${world.host("acme")}/dashboard`);
    await page.waitForSelector("text=Saved what you entered offline.");

    assert.deepEqual(await projectsOf(acme), ["Typed while down"]);
  });
});

Deno.test("after a sign-out or in someone else's sign-in, what was created offline is deleted unsent", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await world.member(acme, "eve@acme.example", "member");
  await inBrowser(async (browser) => {
    await t.step("someone else signs in", async () => {
      const { page, context } = await openWindow(browser, { serviceWorkers: "allow" });
      await signIn(page, world, acme);
      await waitForWorker(page);
      await createOffline(page, world, "Of the owner");
      await page.close();
      await context.clearCookies();
      await context.setOffline(false);
      const other = await context.newPage();

      await signIn(other, world, acme, "eve@acme.example");
      await waitUntilSent(other);

      assert.deepEqual(await projectsOf(acme), []);
    });

    await t.step("another sign-in while a window of the first one is open", async () => {
      const { page, context } = await openWindow(browser, { serviceWorkers: "allow" });
      await signIn(page, world, acme);
      await waitForWorker(page);
      await createOffline(page, world, "Of the first sign-in");
      await context.clearCookies();
      const eve = world.browser();
      const host = world.host("acme");
      await eve.post(`http://${host}/login`, { email: "eve@acme.example", password: PASSWORD });
      await context.addCookies(
        [...eve.cookies(host)].map(([name, value]) => ({ name, value, url: `http://${host}` })),
      );

      await context.setOffline(false);
      await waitUntilSent(page);

      assert.deepEqual(await projectsOf(acme), []);
    });

    await t.step("the person is signed out, and signs in again", async () => {
      const { page, context } = await openWindow(browser, { serviceWorkers: "allow" });
      await signIn(page, world, acme);
      await waitForWorker(page);
      await createOffline(page, world, "Before the sign-out");
      await page.close();
      await context.clearCookies();
      await context.setOffline(false);
      const later = await context.newPage();

      await later.goto(`http://${world.host("acme")}/login`);
      await waitUntilSent(later);
      await signIn(later, world, acme);

      assert.deepEqual(await projectsOf(acme), []);
    });
  });
});

Deno.test("an invitation and a saved report that are sent offline are saved once the connection is back", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await inBrowser(async (browser) => {
    const { page, context } = await openWindow(browser, { serviceWorkers: "allow" });
    await signIn(page, world, acme);
    await waitForWorker(page);
    await page.goto(`http://${world.host("acme")}/team`);
    await page.getByRole("link", { name: "Invite people" }).filter({ visible: true }).first().click();
    await page.fill("dialog[open] #invite-email", "ada@acme.example");
    await sendOffline(page, "dialog[open] #invite-form button[type=submit]");
    await context.setOffline(false);
    await waitUntilSent(page);
    await page.goto(`http://${world.host("acme")}/analytics/retention`);
    await page.fill("#report-name", "Weekly");
    await sendOffline(page, "button:has-text('Save report')");
    await context.setOffline(false);
    await waitUntilSent(page);

    const invitations = await browseInvitations(acme.ctx, INVITATION_LIST.query.parse({}));
    const reports = await listSavedReports(acme.ctx, SAVED_REPORT_LIST.query.parse({}));
    assert.deepEqual(invitations.items.map(({ email }) => email), ["ada@acme.example"]);
    assert.deepEqual(reports.items.map(({ name, kind }) => [name, kind]), [["Weekly", "retention"]]);
  });
});

Deno.test("a project that is refused can be reviewed with what was typed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await inBrowser(async (browser) => {
    const { page, context } = await openWindow(browser, { serviceWorkers: "allow" });
    await signIn(page, world, acme);
    await waitForWorker(page);
    await createOffline(page, world, " ", "Only a description");
    await context.setOffline(false);

    await page.click(".toast:has-text(\"couldn't be saved\") button:has-text('Review')");
    await page.waitForSelector("#project-name[aria-invalid=true]");

    assert.equal(await page.inputValue("#project-description"), "Only a description");
    await waitUntilSent(page);
    assert.deepEqual(await projectsOf(acme), []);
  });
});

/** Opens the form with a connection, and sends it without one. */
async function createOffline(page: Page, world: World, name: string, description = ""): Promise<void> {
  await page.goto(`http://${world.host("acme")}/projects`);
  await page.click("text=New project");
  await page.fill("dialog[open] #project-name", name);
  await page.fill("dialog[open] #project-description", description);
  await sendOffline(page, "dialog button:has-text('Create project')");
}

async function sendOffline(page: Page, button: string): Promise<void> {
  await page.context().setOffline(true);
  await page.click(button);
  await page.waitForSelector(`.toast:has-text("${KEPT}")`);
}

/** Waits until the browser keeps no form. */
async function waitUntilSent(page: Page): Promise<void> {
  await waitFor(page, () =>
    new Promise<boolean>((resolve) => {
      const opening = indexedDB.open("offline", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("forms", { autoIncrement: true });
      opening.onsuccess = () => {
        const counting = opening.result.transaction("forms").objectStore("forms").count();
        counting.onsuccess = () => {
          opening.result.close();
          resolve(counting.result === 0);
        };
      };
    }));
}

async function projectsOf({ ctx }: Company): Promise<string[]> {
  const { items } = await listProjects(ctx, PROJECT_LIST.query.parse({}));
  return items.map(({ name }) => name);
}
