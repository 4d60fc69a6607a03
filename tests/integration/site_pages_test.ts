import assert from "node:assert/strict";
import { World } from "../support/world.ts";

/** Protects: the site's pages say what they are, and every link on them leads somewhere. */

const PAGES = [
  "/",
  "/pricing",
  "/docs",
  "/docs/reference/projects",
  "/docs/user",
  "/docs/user/members",
  "/docs/admin",
  "/docs/admin/backup",
  "/docs/build",
  "/about",
  "/privacy",
  "/terms",
  "/status",
  "/signup",
  "/login",
  "/forgot-password",
];

Deno.test("the site's pages", async (t) => {
  await using world = await World.open();
  const browser = world.browser();
  const pages = await Promise.all(
    PAGES.map(async (path) => ({ path, ...await browser.get(`http://${world.host()}${path}`) })),
  );

  await t.step("each has one heading, a title and its own description", () => {
    for (const { path, status, text } of pages) {
      assert.equal(status, 200, path);
      assert.equal(text.match(/<h1/g)?.length, 1, path);
      assert.match(text, /<title>[^<]+ · Denizen<\/title>/);
    }
    const descriptions = pages.map(({ text }) =>
      /<meta name="description" content="([^"]+)"/.exec(text)?.[1]
    );
    assert.equal(new Set(descriptions).size, PAGES.length);
  });

  await t.step("every link and picture leads to something", async () => {
    const addresses = new Set(
      pages.flatMap(({ text }) => [...text.matchAll(/ (?:href|src|srcset)="([^"]+)"/g)].map(([, to]) => to!)),
    );

    for (const address of addresses) {
      const { pathname, search, hash } = new URL(address, `http://${world.host()}`);
      const page = await browser.get(`http://${world.host()}${pathname}${search}`);
      assert.ok(page.status < 400, address);
      if (hash) assert.match(page.text, new RegExp(`id="${hash.slice(1)}"`), address);
    }
  });

  await t.step("the plans are those of the product, with their prices and limits", () => {
    for (const path of ["/", "/pricing"]) {
      const { text } = pages.find((page) => page.path === path)!;
      for (const word of ["Starter", "Team", "Premium", "Enterprise", "$0", "$29", "$99", "Custom"]) {
        assert.ok(text.includes(word), `${path} says ${word}`);
      }
      assert.match(text.replaceAll(/<[^>]+>/g, ""), /50 projects[^]*500,000 API calls a month/);
    }
  });

  await t.step("a plan shows the features that it includes, and the table the plans that have each", () => {
    const { text } = pages.find(({ path }) => path === "/pricing")!;
    const cards = text.split("<h3").slice(1, 5);
    const named = (feature: string) => cards.map((card) => card.split("<table")[0]!.includes(feature));
    const rowOf = (feature: string) => new RegExp(`<th[^>]*>${feature}</th>(.*?)</tr>`, "s").exec(text)![1]!;

    assert.deepEqual(named("Audit log"), [false, true, true, true]);
    assert.deepEqual(named("Custom roles"), [false, false, true, true]);
    assert.deepEqual(
      rowOf("Custom roles").match(/aria-label="(Yes|No)"/g)?.map((label) => label.slice(12, -1)),
      [
        "No",
        "No",
        "Yes",
        "Yes",
      ],
    );
    assert.doesNotMatch(text, /Contact sales/);
  });

  await t.step("the pictures say their size, so that nothing moves when they load", () => {
    const picture = /<img [^>]*>/.exec(pages[0]!.text)![0];

    assert.match(picture, /width="\d+" height="\d+"/);
    assert.match(picture, /alt="[^"]+"/);
    assert.match(pages[0]!.text, /<source media="\(prefers-color-scheme: dark\)"/);
  });

  await t.step("a signed-in person is sent to their workspaces", async () => {
    await world.company("acme");
    const signedIn = await world.signedInBrowser("owner@acme.example");

    const { text } = await signedIn.get(`http://${world.host()}/`);

    assert.match(text, /href="\/workspaces"[^>]*>Open your workspaces/);
    assert.doesNotMatch(text, /No card required/);
  });
});

Deno.test("a plan with a price by agreement leads to the sales team, if the installation has one", async () => {
  await using world = await World.open({ SALES_CONTACT: "sales@denizen.example" });

  for (const path of ["/", "/pricing"]) {
    const { text } = await world.browser().get(`http://${world.host()}${path}`);

    assert.match(text, /<a [^>]*href="mailto:sales@denizen\.example"[^>]*>Contact sales/, path);
  }
});
