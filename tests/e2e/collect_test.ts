import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { analyticsEvents } from "../../db/stream/schema/analytics_events.ts";
import { saveWebsites } from "../../src/analytics/collect/source.ts";
import { until } from "../support/jobs.ts";
import { type Company, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: the script for websites works on another site, in a real browser, and keeps quiet where it has to. */

Deno.test("a page of a website sends its views and events, stores nothing, and respects Do Not Track", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await using website = await Website.open(world, acme);
  const browser = await launchBrowser();
  try {
    await t.step("a page view, and an event of the page's own with who is signed in there", async () => {
      const { page, complaints } = await openWindow(browser);
      await page.goto(`${website.origin}/products?secret=1`);
      await page.evaluate(() =>
        (globalThis as unknown as Collecting).collect("order.completed", { total: 49 })
      );

      await until(async () => (await eventsOf(acme)).length === 2);

      assert.deepEqual(
        (await eventsOf(acme)).map(({ event, userId, properties }) => [event, userId, properties]),
        [
          ["page.viewed", "user-1", { path: "/products" }],
          ["order.completed", "user-1", { total: 49 }],
        ],
      );
      assert.deepEqual(await storedIn(page), { cookies: 0, items: 0 });
      assert.deepEqual(complaints, []);
    });

    await t.step("a page that is left before the second is over", async () => {
      const { page } = await openWindow(browser);
      await page.goto(`${website.origin}/left`);
      await page.waitForFunction(() => "collect" in globalThis);
      await page.goto("about:blank");

      await until(async () => (await eventsOf(acme)).length === 3);
    });

    await t.step("events that are too large together, and those sent with one that is refused", async () => {
      const { page } = await openWindow(browser);
      await page.goto(`${website.origin}/many`);
      await page.waitForFunction(() => "collect" in globalThis);
      await page.evaluate(() => {
        const { collect } = globalThis as unknown as Collecting;
        for (let number = 0; number < 10; number++) collect("large", { text: "x".repeat(7_000) });
        collect(" ");
      });

      await until(async () => (await eventsOf(acme)).length === 14);
      assert.equal((await eventsOf(acme)).filter(({ event }) => event === "large").length, 10);
    });

    await t.step("a browser with Do Not Track sends nothing", async () => {
      const { page } = await openWindow(browser);
      const requests: string[] = [];
      page.on("request", (request) => requests.push(new URL(request.url()).pathname));
      await page.addInitScript(() => Object.defineProperty(navigator, "doNotTrack", { value: "1" }));
      await page.goto(`${website.origin}/unwanted`);
      await page.waitForFunction(() => "collect" in globalThis);
      await page.evaluate(() => (globalThis as unknown as Collecting).collect("order.completed"));
      await page.goto("about:blank");

      assert.ok(requests.includes("/collect.js"));
      assert.ok(!requests.includes("/collect"));
    });
  } finally {
    await browser.close();
  }
});

type Collecting = { collect(event: string, properties?: Record<string, unknown>): void };

/** A website on an origin of its own, whose pages contain the script. */
class Website implements AsyncDisposable {
  #script = "";
  readonly #server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response(`<!doctype html>${this.#script}`, { headers: { "Content-Type": "text/html" } }),
  );

  static async open(world: World, { ctx }: Company): Promise<Website> {
    const website = new Website();
    const { publishableKey } = await saveWebsites(ctx, { origins: [website.origin] });
    const address = `http://${world.host("acme")}/collect.js`;
    website.#script =
      `<script async src="${address}" data-key="${publishableKey}" data-user="user-1"></script>`;
    return website;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function storedIn(page: Page): Promise<{ cookies: number; items: number }> {
  const cookies = await page.context().cookies();
  const items = await page.evaluate(() => localStorage.length + sessionStorage.length);
  return { cookies: cookies.length, items };
}

async function eventsOf({ ctx }: Company) {
  const [rows] = await ctx.read((
    tx,
  ) => [tx.select().from(analyticsEvents).orderBy(analyticsEvents.sequence)]);
  return rows;
}
