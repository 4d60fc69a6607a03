import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { MINUTE } from "../../src/platform/clock.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser, openEmail, readEmail, signUp } from "./steps.ts";

/** Protects: the main user stories work in a real browser, with and without JavaScript. */

Deno.test("a user signs up a company and lands in its workspace", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);

    await signUp(page, world, "Acme Robotics", "acme");

    assert.equal(page.url(), `http://${world.host("acme")}/dashboard`);
    await page.waitForSelector(".success-message");
    assert.equal(await page.textContent(".tenant-name"), "Acme Robotics");
    assert.ok(await world.services.use(TENANTS).findBySubdomain("acme"));
    assert.deepEqual(complaints, []);
  });
});

Deno.test("the sign-up form suggests a subdomain and keeps the input after an error", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await page.goto(`http://${world.host()}/signup`);

    await page.locator("#company-name").pressSequentially("Börner & Söhne");
    await page.waitForFunction(() =>
      (document.querySelector("#subdomain") as HTMLInputElement).value === "boerner-soehne"
    );
    await page.fill("#name", "Ada");
    await page.fill("#email", "ada@boerner.example");
    await page.fill("#password", "short");
    await page.click("#signup-button");
    await page.waitForSelector("#password-error");

    assert.match((await page.textContent("#password-error"))!, /at least 12/);
    assert.equal(await page.inputValue("#company-name"), "Börner & Söhne");
    assert.equal(await page.inputValue("#email"), "ada@boerner.example");
    await page.fill("#password", PASSWORD);
    await page.click("#signup-button");
    await page.waitForURL(/boerner-soehne\.localhost:\d+\/dashboard/);
    assert.deepEqual(complaints, []);
  });
});

Deno.test("a user confirms their email, forgets the password and sets a new one; old sessions end", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    const old = await openWindow(browser);
    await signUp(page, world, "Acme Robotics", "acme");
    await old.page.goto(`http://${world.host("acme")}/login`);
    await signIn(old.page, PASSWORD);
    await worker.idle();

    await openEmail(page, world, "Confirm your email address");
    await page.click("#verify-button");
    await page.waitForSelector(".success-message");
    await page.goto(`http://${world.host("acme")}/dashboard`);
    assert.equal(await page.getByText("Confirm your email. We sent").count(), 0);

    const forgetful = await openWindow(browser);
    await forgetful.page.goto(`http://${world.host("acme")}/login`);
    await forgetful.page.click("a:has-text('Forgot your password?')");
    await forgetful.page.fill("#email", "ada@acme.example");
    await forgetful.page.click("button:has-text('Send link')");
    await forgetful.page.waitForSelector("text=we sent a link to it");
    await worker.idle();
    await openEmail(forgetful.page, world, "Reset your Denizen password");
    await forgetful.page.fill("#password", "a new and longer password");
    await forgetful.page.click("button:has-text('Save password')");
    await forgetful.page.waitForSelector("text=Password saved");
    await old.page.goto(`http://${world.host("acme")}/dashboard`);
    await old.page.waitForURL(/\/login\?/);
    await signIn(old.page, "a new and longer password");
    await old.page.waitForSelector(".tenant-name");

    assert.deepEqual([...complaints, ...forgetful.complaints], []);
  });
});

Deno.test("a button in a captured email opens a window of its own", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  await inBrowser(async (browser) => {
    const { page, context } = await openWindow(browser);
    await signUp(page, world, "Acme Robotics", "acme");
    await worker.idle();

    const button = await readEmail(page, world, "Confirm your email address");
    const opening = context.waitForEvent("page");
    await button.click();
    const opened = await opening;
    await opened.waitForSelector("#verify-button");

    assert.match(page.url(), /\/dev\/mailbox\//, "the email stays open");
  });
});

Deno.test("projects are created, found, edited, archived and deleted in place", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await signUp(page, world, "Acme Robotics", "acme");
    await page.goto(`http://${world.host("acme")}/projects`);

    await createInPlace(page, "Gripper calibration");
    world.clock.advance(MINUTE);
    await createInPlace(page, "Warehouse pilot");
    assert.deepEqual(await projectNames(page), ["Warehouse pilot", "Gripper calibration"]);

    const row = page.locator("tr", { hasText: "Warehouse pilot" });
    await row.hover();
    await row.getByRole("button", { name: "Archive", exact: true }).first().click();
    await row.waitFor({ state: "detached" });
    assert.equal(await focused(page), "Gripper calibration");
    assert.equal(await page.textContent("[aria-current=page]:has-text('Active') span"), "1");
    await page.click(".toast button:has-text('Undo')");
    await row.waitFor();
    assert.equal(await focused(page), "Warehouse pilot");

    await page.fill("input[name=search]", "grip");
    await row.waitFor({ state: "detached" });
    assert.match(page.url(), /search=grip/);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "search");

    await openRowMenu(page, "Gripper calibration");
    await page.locator("details[open]").getByRole("link", { name: "Edit" }).click();
    await page.waitForSelector("dialog[open] #project-name");
    await page.fill("dialog #project-name", "Gripper calibration, second try");
    await page.click("dialog button:has-text('Save changes')");
    await page.waitForSelector("tr:has-text('second try')");
    assert.equal(await page.locator("dialog[open]").count(), 0);
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute("aria-label")),
      "Actions for Gripper calibration, second try",
    );

    await openRowMenu(page, "second try");
    await page.locator("details[open]").getByRole("link", { name: "Delete" }).click();
    await page.click("dialog button:has-text('Delete project')");
    await page.waitForSelector("tr:has-text('second try')", { state: "detached" });
    assert.equal(await focused(page), "Active0");

    assert.match(page.url(), /\/projects\?search=grip/, "the whole story happened on one page");
    assert.deepEqual(complaints, []);
  });
});

Deno.test("a long list is sorted and paged in place; the focus stays on the link", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await signUp(page, world, "Acme Robotics", "acme");
    await world.manyProjects("acme", 40);
    await page.goto(`http://${world.host("acme")}/projects`);

    await page.click("th a:has-text('Name')");
    await page.waitForSelector("th[aria-sort=ascending]:has-text('Name')");
    assert.equal(await focused(page), "Name");
    assert.equal((await projectNames(page))[0], "Project 01");
    await page.click("a:has-text('Next')");
    await page.waitForSelector("text=26–40 of 40");
    assert.equal(await focused(page), "Next");
    assert.match(page.url(), /sort=name&cursor=/);
    assert.equal((await projectNames(page))[0], "Project 26");
    await page.click("a:has-text('Previous')");
    await page.waitForSelector("text=1–25 of 40");

    await page.locator("tr", { hasText: "Project 03" }).click({ position: { x: 600, y: 20 } });
    await page.waitForURL(/\/projects\/[0-9a-f-]{36}$/);
    assert.equal((await page.textContent("h1"))!.trim(), "Project 03");
    assert.deepEqual(complaints, []);
  });
});

Deno.test("the dashboard's figures refresh every thirty seconds", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page } = await openWindow(browser);
    await page.clock.install();
    await signUp(page, world, "Acme Robotics", "acme");
    await world.manyProjects("acme", 3);

    await page.clock.runFor(31_000);

    await page.waitForFunction(() =>
      /Projects\s*3/.test(document.querySelector("#dashboard-panel")!.textContent!)
    );
  });
});

Deno.test("two companies never see each other's projects", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const [one, other] = [await openWindow(browser), await openWindow(browser)];
    await signUp(one.page, world, "Acme Robotics", "acme");
    await signUp(other.page, world, "Globex", "globex");
    await one.page.goto(`http://${world.host("acme")}/projects`);
    await createInPlace(one.page, "Only for Acme");
    await other.page.goto(`http://${world.host("globex")}/projects`);
    await createInPlace(other.page, "Only for Globex");

    await one.page.reload();

    assert.deepEqual(await projectNames(one.page), ["Only for Acme"]);
    assert.deepEqual(await projectNames(other.page), ["Only for Globex"]);
  });
});

Deno.test("the back button shows nothing after signing out", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page } = await openWindow(browser);
    await signUp(page, world, "Acme Robotics", "acme");
    await page.click("summary[aria-label^='Account'], summary:has-text('Account')").catch(() =>
      page.locator("header summary").last().click()
    );
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.waitForURL(/\/login/);

    await page.goBack();

    await page.waitForURL(/\/login/);
    assert.equal(await page.locator("#dashboard-panel").count(), 0);
  });
});

Deno.test("without JavaScript: a company signs up, and projects are created, edited, archived and deleted", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page } = await openWindow(browser, { javaScriptEnabled: false });

    await signUp(page, world, "Acme Robotics", "acme");
    assert.equal(await page.textContent(".tenant-name"), "Acme Robotics");
    await page.waitForSelector(".success-message");

    await page.goto(`http://${world.host("acme")}/projects`);
    await follow(page, "a:has-text('New project')");
    await follow(page, "button:has-text('Create project')");
    assert.match((await page.textContent("#project-name-error"))!, /Enter a name/);
    await page.fill("#project-name", "Spare parts portal");
    await follow(page, "button:has-text('Create project')");
    assert.deepEqual(await projectNames(page), ["Spare parts portal"]);

    await follow(page, "a:has-text('Spare parts portal')");
    await follow(page, "a:has-text('Edit')");
    await page.fill("#project-name", "Spare parts");
    await follow(page, "button:has-text('Save changes')");
    assert.equal((await page.textContent("h1"))!.trim(), "Spare parts");

    await follow(page, "button:has-text('Archive')");
    assert.equal(await page.locator("button:has-text('Restore')").count(), 1);
    await follow(page, "a:has-text('Delete')");
    await follow(page, "button:has-text('Delete project')");
    assert.match(page.url(), /\/projects$/);
    assert.deepEqual(await projectNames(page), []);
  });
});

Deno.test("without JavaScript: search, sorting and more pages work with links and a button", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page } = await openWindow(browser, { javaScriptEnabled: false });
    await signUp(page, world, "Acme Robotics", "acme");
    await world.manyProjects("acme", 30);
    await page.goto(`http://${world.host("acme")}/projects`);

    await follow(page, "a:has-text('Next')");
    assert.equal((await projectNames(page)).length, 5);
    await follow(page, "a:has-text('Previous')");
    assert.equal((await projectNames(page))[0], "Project 30");
    await follow(page, "th a:has-text('Name')");
    assert.equal((await projectNames(page))[0], "Project 01");
    await page.fill("input[name=search]", "Project 07");
    await page.press("input[name=search]", "Enter");
    await page.waitForLoadState();
    assert.deepEqual(await projectNames(page), ["Project 07"]);
  });
});

Deno.test("an owner moves the workspace, schedules its deletion and cancels it", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await signUp(page, world, "Acme Robotics", "acme");
    await page.getByRole("link", { name: "Settings" }).filter({ visible: true }).click();

    await page.fill("#subdomain", "robotics");
    await page.locator("form[action='/settings/address'] button").click();
    await page.waitForURL(`http://${world.host("robotics")}/dashboard`);
    await page.goto(`http://${world.host("acme")}/settings`);
    assert.equal(page.url(), `http://${world.host("robotics")}/settings`);
    await page.click("#danger-zone a");
    await page.fill("#confirmation", "Acme");
    await page.click("button:has-text('Delete workspace')");
    assert.match((await page.textContent("#confirmation-error"))!, /Type Acme Robotics/);
    await page.fill("#confirmation", "Acme Robotics");
    await page.click("button:has-text('Delete workspace')");
    await page.waitForURL(/\/settings$/);
    await page.goto(`http://${world.host("robotics")}/dashboard`);
    await page.locator("button:has-text('Cancel deletion')").click();
    await page.waitForSelector("text=Deletion canceled");

    assert.equal(await page.locator("button:has-text('Cancel deletion')").count(), 0);
    assert.deepEqual(complaints.filter((complaint) => !complaint.includes("422")), []);
  });
});

Deno.test("platform staff find a tenant and suspend it, and its members see the reason", async () => {
  await using world = await World.open();
  await world.staff("root@example.com", "Rosa Root");
  await inBrowser(async (browser) => {
    const owner = await openWindow(browser);
    await signUp(owner.page, world, "Acme Robotics", "acme");
    await world.company("globex", "Globex");
    const { page, complaints } = await openWindow(browser);
    await page.goto(`http://${world.host()}/admin/tenants`);
    await page.fill("#email", "root@example.com");
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");

    await page.fill("input[name=search]", "robot");
    await page.waitForFunction(() => !document.body.textContent!.includes("Globex"));
    await page.click("a:has-text('Acme Robotics')");
    await page.fill("#reason", "The last invoice is open.");
    await page.locator("form[action$='/suspension'] button").click();
    await page.waitForSelector("text=Acme Robotics is suspended.");
    await owner.page.reload();

    assert.match((await owner.page.textContent("main"))!, /The last invoice is open\./);
    assert.deepEqual(complaints, []);
  });
});

Deno.test("a dialog opens over the page; Escape closes it and returns the focus", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await page.goto(`http://${world.host()}/dev/components`);

    await page.click("a:has-text('Open a dialog')");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog:not(#palette)", { state: "detached" });

    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Open a dialog");
    assert.deepEqual(complaints, []);
  });
});

Deno.test("S27 markup in a name stays text, and its hx-get does nothing", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page } = await openWindow(browser);
    await signUp(page, world, "Acme Robotics", "acme");
    await page.goto(`http://${world.host("acme")}/projects`);
    const markup =
      `<img src=x onerror="window.hacked=1"><button hx-get="/logout" hx-trigger="load">x</button>`;

    await createInPlace(page, markup);
    await page.reload();

    assert.deepEqual(await projectNames(page), [markup]);
    assert.equal(await page.evaluate(() => "hacked" in window), false);
  });
});

Deno.test("S27 an htmx attribute smuggled into the page without the nonce is stripped", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page } = await openWindow(browser);
    await signUp(page, world, "Acme Robotics", "acme");
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));

    await page.evaluate(() => {
      const button = document.createElement("button");
      button.id = "smuggled";
      button.setAttribute("hx-get", "/projects?smuggled");
      document.querySelector("main")!.append(button);
      (globalThis as unknown as { htmx: { process(element: Element): void } }).htmx.process(button);
      button.click();
    });
    await page.waitForTimeout(300);

    assert.equal(await page.locator("#smuggled[hx-get]").count(), 0);
    assert.deepEqual(requests.filter((url) => url.includes("smuggled")), []);
  });
});

async function signIn(page: Page, password: string): Promise<void> {
  await page.fill("#email", "ada@acme.example");
  await page.fill("#password", password);
  await page.click("#login-button");
  await page.waitForURL(/\/dashboard$/);
}

async function createInPlace(page: Page, name: string): Promise<void> {
  await page.locator("a:has-text('New project')").first().click();
  await page.waitForSelector("dialog[open] #project-name");
  await page.fill("dialog #project-name", name);
  await page.click("dialog button:has-text('Create project')");
  await page.waitForSelector("dialog:not(#palette)", { state: "detached" });
}

async function openRowMenu(page: Page, name: string): Promise<void> {
  await page.locator("#project-list tr", { hasText: name }).locator("summary").click();
}

/** Clicks a link or button, and waits for the page that it leads to. */
async function follow(page: Page, selector: string): Promise<void> {
  await page.click(selector);
  await page.waitForLoadState();
}

async function projectNames(page: Page): Promise<string[]> {
  return await page.locator("#project-list tr[id^=project-] td:first-child a").allTextContents();
}

/** The text of the element with the focus. */
async function focused(page: Page): Promise<string | undefined> {
  return await page.evaluate(() => document.activeElement?.textContent?.trim());
}
