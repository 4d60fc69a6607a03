import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Authenticator } from "../support/authenticator.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser, openEmail, signUp } from "./steps.ts";

/** Protects: people set up a second factor, sign in with it, and get in again after losing it. */

Deno.test("a user signs up, confirms, sets up an authenticator app, signs out, and signs in with it", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await signUp(page, world, "Acme Robotics", "acme");
    await worker.idle();
    await openEmail(page, world, "Confirm your email address");
    await page.click("#verify-button");
    await page.waitForSelector(".success-message");

    const { app } = await addApp(page, world, "Ada's phone");
    await signOut(page);
    await signInWithPassword(page, world);
    await page.fill("#code", "000000");
    await page.click("#mfa-button");
    const mistake = await page.textContent("#code-error");
    await page.fill("#code", app.nextCode());
    await page.click("#mfa-button");
    await page.waitForURL(/acme\.localhost:\d+\/dashboard$/);

    assert.match(mistake!, /This code is wrong/);
    assert.equal(await page.textContent(".tenant-name"), "Acme Robotics");
    assert.deepEqual(complaints, []);
  });
});

Deno.test("a user who loses the phone signs in with a recovery code and sets up another phone", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await signUp(page, world, "Acme Robotics", "acme");
    const { codes } = await addApp(page, world, "Old phone");
    await signOut(page);

    await signInWithPassword(page, world);
    await page.fill("#code", codes[0]!);
    await page.click("#mfa-button");
    await page.waitForURL(/\/dashboard$/);
    await page.goto(`http://${world.host("acme")}/account/security`);
    const left = await page.getByText("9 of 10 left").count();
    await page.click("button[aria-label*='Old phone']");
    await page.waitForSelector("text=Two-step verification removed");
    const { app, codes: renewed } = await addApp(page, world, "New phone");
    await signOut(page);

    await signInWithPassword(page, world);
    await page.fill("#code", codes[1]!);
    await page.click("#mfa-button");
    await page.waitForSelector("#code-error");
    await page.fill("#code", app.nextCode());
    await page.click("#mfa-button");
    await page.waitForURL(/\/dashboard$/);

    assert.equal(left, 1);
    assert.equal(new Set([...codes, ...renewed]).size, 20, "the codes of the lost phone's time are gone");
    assert.deepEqual(complaints, []);
  });
});

/** Adds an authenticator app in the account. The first one brings recovery codes. */
async function addApp(
  page: Page,
  world: World,
  name: string,
): Promise<{ app: Authenticator; codes: string[] }> {
  await page.goto(`http://${world.host("acme")}/account/security`);
  await page.click("a:has-text('Add an authenticator app')");
  await page.fill("#factor-name", name);
  await page.click("main form[action='/account/security/factors'] button");
  const secret = (await page.textContent("#totp-secret"))!.replaceAll(/\s/g, "");
  const app = new Authenticator(world, secret);
  await page.fill("#code", app.code());
  await page.click("#verify-button");
  const codes = page.locator(".recovery-code");
  await codes.first().waitFor();
  return { app, codes: await codes.allTextContents() };
}

async function signOut(page: Page): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/dashboard`);
  await page.locator("summary:visible", { hasText: "Ada Okafor" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.waitForURL(/\/login/);
}

async function signInWithPassword(page: Page, world: World): Promise<void> {
  await page.goto(`http://${world.host("acme")}/login`);
  await page.fill("#email", "ada@acme.example");
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(/\/login\/mfa$/);
}
