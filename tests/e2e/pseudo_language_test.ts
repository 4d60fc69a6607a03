import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { PASSWORD, World } from "../support/world.ts";
import { Axe } from "./axe.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: pages hold longer texts, and texts from right to left, and every text of the product can be translated. */

const WINDOWS = [{ width: 1280, height: 900 }, { width: 360, height: 780 }];
/** What other languages call the same. */
const UNTRANSLATED = ["Denizen", "English"];
const PSEUDO = { "Accept-Language": "ar-XB" };

Deno.test("pages in the pseudo-language are translated, fit their window, cut no text, and pass axe", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme", "Northwind Robotics with a rather long name");
  await world.staff("owner@acme.example");
  const token = await world.token(company);
  await world.api("POST", "/projects", { token, body: { name: "Website relaunch" } });
  const [apex, host] = [`http://${world.host()}`, `http://${world.host("acme")}`];
  const browser = await launchBrowser();
  try {
    for (const viewport of WINDOWS) {
      const { context, page } = await openWindow(browser, { viewport });
      await context.setExtraHTTPHeaders(PSEUDO);
      for (const address of [`${apex}/`, `${apex}/signup`, `${apex}/login`]) await visit(t, page, address);
      await page.fill("#email", "owner@acme.example");
      await page.fill("#password", PASSWORD);
      await page.click("#login-button");
      await page.waitForURL(/\/dashboard$/, { waitUntil: "domcontentloaded" });
      for (
        const address of [
          `${host}/dashboard`,
          `${host}/projects`,
          `${host}/projects/new`,
          `${host}/team`,
          `${host}/audit`,
          `${host}/audit/integrity`,
          `${host}/search?q=website`,
          `${host}/settings`,
          `${host}/account`,
          `${host}/account/notifications`,
          `${apex}/workspaces`,
          `${apex}/admin/tenants/${company.tenant.id}`,
          `${apex}/admin/jobs`,
          `${apex}/admin/suppressions/new`,
        ]
      ) await visit(t, page, address);
      await context.close();
    }
  } finally {
    await browser.close();
  }
});

async function visit(t: Deno.TestContext, page: Page, address: string): Promise<void> {
  await t.step(`${page.viewportSize()!.width}px ${new URL(address).pathname}`, async () => {
    await page.goto(address);
    const { direction, placeholders, excess, cut } = await page.evaluate(measure);
    const english = await page.evaluate(findEnglish);

    assert.equal(direction, "rtl");
    assert.deepEqual(placeholders.filter((each) => each !== "rtl"), []);
    assert.equal(excess, 0, "the page scrolls sideways");
    assert.deepEqual(cut, []);
    assert.deepEqual(english.filter((word) => !UNTRANSLATED.includes(word)), []);
    await using axe = await Axe.load(page);
    assert.deepEqual(await axe.violations(), []);
  });
}

/** Runs in the page. A text is cut if its box hides the end without an ellipsis. */
function measure() {
  const { scrollWidth, clientWidth } = document.documentElement;
  const hides = (element: Element) => {
    const { overflowX, textOverflow, webkitLineClamp, position } = getComputedStyle(element);
    const isMeant = textOverflow === "ellipsis" || webkitLineClamp !== "none" || position === "absolute";
    return /hidden|clip/.test(overflowX) && !isMeant && element.scrollWidth > element.clientWidth + 1;
  };
  return {
    direction: document.dir,
    placeholders: [...document.body.querySelectorAll("input[dir=auto]:placeholder-shown")]
      .map((field) => getComputedStyle(field).direction),
    excess: scrollWidth - clientWidth,
    cut: [...document.body.querySelectorAll("*")].filter((element) =>
      element.textContent?.trim() && element.clientWidth > 0 && hides(element)
    ).map((element) => element.outerHTML.slice(0, 200)),
  };
}

/** Runs in the page. Finds words outside the brackets of the pseudo-language that are neither data nor code. */
function findEnglish(): string[] {
  const data = "bdi, time, code, kbd, script, style, noscript, [dir=auto]";
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let read = "";
  while (texts.nextNode()) {
    if (!texts.currentNode.parentElement!.closest(data)) read += ` ${texts.currentNode.textContent}`;
  }
  for (const element of document.body.querySelectorAll("[aria-label], [placeholder], [alt]")) {
    for (const name of ["aria-label", "placeholder", "alt"]) read += ` ${element.getAttribute(name) ?? ""}`;
  }
  while (/\[[^[\]]*\]/.test(read)) read = read.replaceAll(/\[[^[\]]*\]/g, " ");
  const addresses = /\S*[@.]\S*/g;
  return read.replaceAll(addresses, " ").match(/[A-Za-z]{4,}/g) ?? [];
}
