import assert from "node:assert/strict";
import type { Browser, Page, Route } from "playwright-core";
import { World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: HTML smuggled into a page sends no request and runs no script, however slowly scripts load (S27). */

const COLD_LOADS = 10;
const SCRIPT_DELAY_MILLISECONDS = 20;

Deno.test("S27 an hx-post without the page's nonce never fires, even if scripts load late", async () => {
  await using world = await World.open();
  const browser = await launchBrowser();
  const fired: string[] = [];
  try {
    for (let load = 0; load < COLD_LOADS; load++) fired.push(...await loadCold(browser, world));
  } finally {
    await browser.close();
  }

  assert.deepEqual(fired, Array(COLD_LOADS).fill("/own"));
});

Deno.test("S27 a script without the page's nonce doesn't run in HTML that htmx swaps in", async (t) => {
  await using world = await World.open();
  const browser = await launchBrowser();
  const { page, complaints } = await openWindow(browser);
  const scripts = [
    "<script>document.title = 'smuggled'</script>",
    "<script nonce='guessed'>document.title = 'smuggled'</script>",
    "<script type='module'>document.title = 'smuggled'</script>",
    "<img src='data:,' onerror=\"document.title = 'smuggled'\">",
  ];
  try {
    for (const script of scripts) {
      await t.step(script, async () => {
        complaints.length = 0;
        await page.goto(`http://${world.host()}/signup`);
        const title = await page.title();
        await answerWith(page, `<div id="sign-up-form"><p id="swapped">Swapped</p>${script}</div>`);
        await page.click("#signup-button");
        await page.waitForSelector("#swapped");
        await page.waitForFunction(() => document.readyState === "complete");

        assert.equal(await page.title(), title);
        assert.match(complaints.join("\n"), /Content Security Policy/);
      });
    }
  } finally {
    await browser.close();
  }
});

/** Opens the sign-up page for the first time. Returns the requests of the smuggled element and of the page's own. */
async function loadCold(browser: Browser, world: World): Promise<string[]> {
  const { context, page } = await openWindow(browser);
  const fired: string[] = [];
  await page.route(/\/(smuggled|own)$/, (route) => {
    fired.push(new URL(route.request().url()).pathname);
    return route.fulfill({ status: 204 });
  });
  await page.route("**/signup", smuggle);
  await page.route(/\/static\/(?!htmx\.js)[^?]*\.js/, late);
  const own = page.waitForResponse("**/own");
  await page.goto(`http://${world.host()}/signup`);
  await own;
  await context.close();
  return fired;
}

/** Adds two elements that send a request on load: one like an attacker's, then one like the page's own. */
async function smuggle(route: Route): Promise<void> {
  const response = await route.fetch();
  const html = await response.text();
  const nonce = /nonce="([^"]+)"/.exec(html)![1];
  const elements = `<i hx-post="/smuggled" hx-trigger="load"></i>
    <i hx-post="/own" hx-trigger="load" hx-nonce="${nonce}"></i>`;
  await route.fulfill({ response, body: html.replace("</main>", `${elements}</main>`) });
}

async function late(route: Route): Promise<void> {
  await new Promise((done) => setTimeout(done, SCRIPT_DELAY_MILLISECONDS));
  await route.continue();
}

/** Answers the next sign-up with `html`, under the product's own CSP. */
async function answerWith(page: Page, html: string): Promise<void> {
  await page.route("**/signup", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: html });
  }, { times: 1 });
}
