import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Customer, FAILS_LATER, GOOD_CARD } from "../support/billing.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: a workspace's owner gets, changes, pays and ends a plan by themselves, on the sandbox. */

Deno.test("an owner tries a plan, reaches a limit, pays, fails a renewal, recovers, cancels and stays", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const host = `http://${world.host("acme")}`;
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openWindow(browser);
    const { email } = customer.company.owner;
    await signIn(page, host, email);

    await page.getByRole("button", { name: "Try Team free for 14 days" }).click();
    await seen(page, "Your trial has 14 days left");
    await customer.pass(15);
    await page.goto(`${host}/billing`);
    await seen(page, "Starter is free, without a card.");

    for (const name of ["One", "Two", "Three", "Four"]) {
      await page.goto(`${host}/projects/new`);
      await page.fill("#project-name", name);
      await page.getByRole("button", { name: "Create project" }).click();
      await page.waitForLoadState();
    }
    await seen(page, "Your plan includes 3 projects");

    await order(page, host, "Choose Team");
    await pay(page, FAILS_LATER);
    await page.waitForURL(/\/billing$/);
    await seen(page, "Thank you. Your plan is active");
    await page.getByRole("link", { name: "DEMO-0001" }).click();
    await seen(page, "Team (monthly)");
    await seen(page, "Paid on");

    await customer.pass(33);
    await signIn(page, host, email);
    await seen(page, "We couldn't charge your payment method.");
    await page.getByRole("link", { name: "Pay now" }).click();
    await pay(page, GOOD_CARD);
    await page.waitForURL(/\/billing$/);
    await seen(page, "Renews on");

    await page.getByRole("link", { name: "Cancel plan" }).click();
    await page.getByRole("button", { name: "Cancel plan" }).click();
    await seen(page, "Then the workspace is on Starter.");
    await page.getByRole("button", { name: "Keep Team" }).click();
    await seen(page, "Renews on");

    await order(page, host, "Choose Premium");
    await seen(page, "Premium");
    assert.equal(await customer.plan(), "premium");
    assert.deepEqual(complaints.filter((complaint) => !/422/.test(complaint)), []);
  } finally {
    await browser.close();
  }
});

async function signIn(page: Page, host: string, email: string): Promise<void> {
  await page.goto(`${host}/login?next=/billing`);
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(/\/billing$/);
}

async function order(page: Page, host: string, choice: string): Promise<void> {
  await page.goto(`${host}/billing/plans`);
  await page.getByRole("link", { name: choice }).click();
  await page.click("#confirm-plan");
}

async function pay(page: Page, number: string): Promise<void> {
  await page.fill("#card_number", number);
  await page.fill("#expiry", "12/40");
  await page.fill("#cvc", "123");
  await page.click("#pay-button");
}

async function seen(page: Page, text: string): Promise<void> {
  await page.getByText(text).first().waitFor();
}
