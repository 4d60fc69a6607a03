import type { Browser, Locator, Page } from "playwright-core";
import { PATIENCE } from "../support/patience.ts";
import { type Company, PASSWORD, type World } from "../support/world.ts";
import { launchBrowser } from "./browser.ts";

/** Runs a story in a browser of its own. If it fails, the error says what the windows show. */
export async function inBrowser(story: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await launchBrowser();
  try {
    await story(browser);
  } catch (error) {
    throw new Error(`${error}\n\n${await shownPages(browser)}`, { cause: error });
  } finally {
    await browser.close();
  }
}

/** What the windows of a failed story show. */
async function shownPages(browser: Browser): Promise<string> {
  const pages = browser.contexts().flatMap((context) => context.pages());
  const texts = pages.map(async (page) =>
    `${page.url()}\n${(await page.innerText("body").catch(String)).slice(0, 500)}`
  );
  return (await Promise.all(texts)).join("\n\n");
}

/** Signs Ada up with a company, whose dashboard opens. */
export async function signUp(page: Page, world: World, company: string, subdomain: string): Promise<void> {
  await page.goto(`http://${world.host()}/signup`);
  await page.fill("#company-name", company);
  await page.fill("#subdomain", subdomain);
  await page.fill("#name", "Ada Okafor");
  await page.fill("#email", `ada@${subdomain}.example`);
  await page.fill("#password", PASSWORD);
  await page.click("#signup-button");
  await page.waitForURL(/\/dashboard$/);
}

/** Signs in on a company's host, by default as its owner. Its dashboard opens. */
export async function signIn(
  page: Page,
  world: World,
  { tenant, owner }: Company,
  email = owner.email,
): Promise<void> {
  await page.goto(`http://${world.host(tenant.subdomain)}/login`);
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(/\/dashboard$/);
}

/** Waits until the service worker has stored its files and controls the page. */
export async function waitForWorker(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}

/** Looks in the page until there is something. `waitForFunction` would take the promise itself for it. */
export async function waitFor<Found>(page: Page, look: () => Promise<Found>): Promise<NonNullable<Found>> {
  const until = performance.now() + PATIENCE;
  while (performance.now() < until) {
    const found = await page.evaluate(look);
    if (found) return found;
    await page.waitForTimeout(50);
  }
  throw new Error("Nothing was found.");
}

/** Finds an email in the mailbox, reads it, and goes where its first button leads. */
export async function openEmail(page: Page, world: World, subject: string): Promise<void> {
  const button = await readEmail(page, world, subject);
  await page.goto((await button.getAttribute("href"))!);
}

/** Finds an email in the mailbox and reads it. Returns its first button. */
export async function readEmail(page: Page, world: World, subject: string): Promise<Locator> {
  await page.goto(`http://${world.host()}/dev/mailbox`);
  await page.click(`a:has-text("${subject}")`);
  return page.frameLocator("iframe").locator("a.on-fill");
}
