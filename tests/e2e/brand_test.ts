import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { MAX_LOGO_BYTES } from "../../src/tenancy/brand.ts";
import { blackPng } from "../support/images.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: people see their brand before they save it, and everyone sees it after. */

const fileOf = (bytes: Uint8Array) => ({
  name: "logo.png",
  mimeType: "image/png",
  buffer: Buffer.from(bytes),
});

Deno.test("the brand's preview follows the chosen color and file, and the saved logo marks the workspace", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openWindow(browser);
    await page.goto(`http://${world.host("acme")}/login`);
    await page.fill("#email", acme.owner.email);
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");
    await page.waitForURL(/\/dashboard$/);
    await page.goto(`http://${world.host("acme")}/settings/brand`);
    const [square, letter] = [page.locator("main rect").first(), page.locator("main svg text").first()];

    await page.fill("#brand-color", "#facc15");
    const yellow = [await square.getAttribute("fill"), await letter.getAttribute("fill")];
    await page.fill("input[type=color]", "#1d59b3");
    const blue = [await square.getAttribute("fill"), await letter.getAttribute("fill")];
    const typed = await page.inputValue("#brand-color");
    await page.setInputFiles("#logo", fileOf(new Uint8Array(MAX_LOGO_BYTES + 1)));
    await page.waitForSelector("#logo-size-error");
    await page.setInputFiles("#logo", fileOf(blackPng(64, 64)));
    await page.waitForSelector('main img[src^="data:image/png"]');
    await page.waitForSelector("#logo-size-error", { state: "detached" });
    await page.click('main button:has-text("Save brand")');
    await page.waitForSelector('#sidebar img[src^="/brand/logo?v="]');
    const width = await page.locator("#sidebar img").first().evaluate(async (image) => {
      await (image as HTMLImageElement).decode();
      return (image as HTMLImageElement).naturalWidth;
    });

    assert.deepEqual(yellow, ["#facc15", "#000000"]);
    assert.deepEqual(blue, ["#1d59b3", "#ffffff"]);
    assert.equal(typed, "#1d59b3");
    assert.equal(width, 64);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
