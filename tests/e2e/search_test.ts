import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { createProject } from "../../src/projects/projects.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: people find pages, projects and members from anywhere by keyboard alone, and without JavaScript. */

Deno.test("the search dialog works by keyboard, and gives the focus back", async () => {
  await using world = await World.open();
  await openAcme(world);
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openWindow(browser);
    await signIn(page, world);
    await page.focus("aside a[href='/projects']");

    await page.keyboard.press("Control+k");
    await page.waitForSelector("#palette[open] [role=option]");
    assert.equal(await focused(page), "q");
    assert.equal(await chosen(page), "Dashboard");

    await page.keyboard.press("ArrowUp");
    assert.notEqual(await chosen(page), "Dashboard");
    await page.keyboard.press("ArrowDown");
    assert.equal(await chosen(page), "Dashboard");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#palette[open]").count(), 0);
    assert.equal(await focused(page), "/projects");

    await page.keyboard.press("Control+k");
    await page.keyboard.type("pilot");
    await page.waitForSelector("[role=option]:has-text('Warehouse pilot')");
    assert.deepEqual(await page.locator("[role=option]").allInnerTexts(), ["Pilot plant", "Warehouse pilot"]);
    assert.equal(await chosen(page), "Pilot plant");
    assert.equal(await page.textContent("#palette p[role=status]"), "2 results");
    await page.keyboard.press("ArrowDown");
    assert.equal(await chosen(page), "Warehouse pilot");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/projects\/[0-9a-f-]{36}$/);

    assert.equal((await page.textContent("h1"))!.trim(), "Warehouse pilot");
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});

Deno.test("Enter before the results arrive opens the first one, and the link in the sidebar opens the dialog", async () => {
  await using world = await World.open();
  await openAcme(world);
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openWindow(browser);
    await signIn(page, world);

    await page.click("aside a[href='/search']");
    await page.keyboard.type("ware");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/projects\/[0-9a-f-]{36}$/);
    assert.equal((await page.textContent("h1"))!.trim(), "Warehouse pilot");

    await page.keyboard.press("Control+k");
    await page.keyboard.type("zeppelin");
    await page.waitForSelector("#palette >> text=No results for “zeppelin”");
    assert.equal(await page.getAttribute("#palette [role=combobox]", "aria-expanded"), "false");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.locator("#palette[open]").count(), 1);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});

Deno.test("without JavaScript, the search is a page with a form and links", async () => {
  await using world = await World.open();
  await openAcme(world);
  const browser = await launchBrowser();
  try {
    const { page } = await openWindow(browser, { javaScriptEnabled: false });
    await signIn(page, world);

    await page.click("aside a[href='/search']");
    await page.fill("main input[name=q]", "warehouse");
    await page.click("main button:has-text('Search')");
    assert.match(page.url(), /\/search\?q=warehouse$/);
    await page.click("main a:has-text('Warehouse pilot')");

    assert.equal((await page.textContent("h1"))!.trim(), "Warehouse pilot");
  } finally {
    await browser.close();
  }
});

async function openAcme(world: World): Promise<void> {
  const { ctx } = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  for (const name of ["Pilot plant", "Warehouse pilot", "Gripper calibration"]) {
    await createProject(ctx, { name, description: "", status: "active" });
  }
}

async function signIn(page: Page, world: World): Promise<void> {
  await page.goto(`http://${world.host("acme")}/login`);
  await page.fill("#email", "ada@acme.example");
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(/\/dashboard$/);
}

/** The name or the address of the focused element. */
function focused(page: Page): Promise<string | null> {
  return page.evaluate(() =>
    document.activeElement!.getAttribute("name") ?? document.activeElement!.getAttribute("href")
  );
}

/** The result that the field names as chosen. */
function chosen(page: Page): Promise<string> {
  return page.evaluate(() => {
    const id = document.querySelector("#palette [role=combobox]")!.getAttribute("aria-activedescendant")!;
    const option = document.getElementById(id)!;
    return option.getAttribute("aria-selected") === "true" ? option.textContent!.trim() : "nothing";
  });
}
