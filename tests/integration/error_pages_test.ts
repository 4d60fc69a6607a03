import assert from "node:assert/strict";
import { suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Browser, Page } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: an error page keeps the frame and the styles of the pages around it, and says what to do next. */

const SIDEBAR = /<aside id="sidebar"/;
const SITE = /<nav aria-label="Footer"/;
const HTMX = { "HX-Request": "true" };

Deno.test("an error page keeps its frame on every host", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  const globex = await world.company("globex", "Globex");
  await suspendTenant(await openTenant(world.system, globex.tenant.id), { reason: "Unpaid." });
  const member = await signedIn(world, acme);
  const host = `http://${world.host("acme")}`;

  await t.step("an unknown workspace leads to sign-up and to the person's workspaces", async () => {
    const page = await world.browser().get(`http://${world.host("nosuchco")}/projects`);

    assert.equal(headingOf(page), "There's no workspace at nosuchco.localhost.");
    assert.match(page.text, SITE);
    for (const path of ["/workspaces", "/signup"]) {
      assert.ok(page.text.includes(`href="http://${world.host()}${path}"`), path);
    }
    const style = /href="(\/static\/app\.css[^"]+)"/.exec(page.text)![1]!;
    assert.equal((await world.raw("GET", world.host("nosuchco"), style)).status, 200);
  });

  await t.step("a member keeps the workspace's sidebar", async () => {
    const page = await member.get(`${host}/projects/none`);

    assert.equal(page.status, 404);
    assert.match(page.text, SIDEBAR);
    assert.equal(headingOf(page), "There's nothing here");
    assert.match(page.text, /This project was not found\./);
    assert.match(page.text, /href="\/"[^>]*>Back to home/);
  });

  await t.step(
    "a member keeps the sidebar if the request is refused before anyone looks who sent it",
    async () => {
      const evil = { Origin: "http://evil.example" };
      const refused = await member.post(`${host}/projects`, { name: "x" }, evil);
      const broken = await member.post(`${host}/projects`, { name: "a\0b" });
      const large = await member.post(`${host}/projects`, { name: "x".repeat(2_000_000) });
      const missing = await member.get(`${host}/brand/logo`);
      const stranger = await world.browser().post(`${host}/projects`, { name: "x" }, evil);

      const pages = [refused, broken, large, missing];
      assert.deepEqual(pages.map(({ status }) => status), [403, 422, 413, 404]);
      for (const page of pages) {
        assert.match(page.text, SIDEBAR);
        headingOf(page);
      }
      assert.equal(stranger.status, 403);
      assert.match(stranger.text, SITE);
    },
  );

  await t.step("on the apex, too, staff keep the back office and others stay signed in", async () => {
    await world.staff("sam@denizen.example");
    const staff = await world.signedInBrowser("sam@denizen.example");
    const person = await world.signedInBrowser(acme.owner.email);
    const evil = { Origin: "http://evil.example" };

    const refused = await staff.post(`http://${world.host()}/admin/tenants`, {}, evil);
    const forbidden = await person.post(`http://${world.host()}/admin/tenants`, {}, evil);
    const elsewhere = await person.post(`http://${world.host()}/workspaces/new`, {}, evil);

    assert.match(refused.text, /href="\/admin\/jobs"/);
    for (const { text } of [forbidden, elsewhere]) {
      assert.doesNotMatch(text, /href="\/admin\/jobs"|href="\/login"/);
      assert.match(text, />Your workspaces</);
    }
  });

  await t.step("a visitor gets the site's header and footer", async () => {
    for (const address of [`${host}/nowhere`, `http://${world.host()}/nowhere`]) {
      const page = await world.browser().get(address);

      assert.equal(page.status, 404);
      assert.match(page.text, SITE);
      assert.doesNotMatch(page.text, SIDEBAR);
    }
  });

  await t.step("a suspended workspace says so", async () => {
    const page = await world.browser().get(`http://${world.host("globex")}/dashboard`);

    assert.equal(page.status, 403);
    assert.equal(headingOf(page), "Globex is suspended");
    assert.match(page.text, SITE);
  });

  await t.step("only a server error shows a request's id", async () => {
    const missing = await member.get(`${host}/projects/none`);
    const refused = await member.post(`${host}/projects`, { name: "x" }, { Origin: "http://evil.example" });

    assert.deepEqual([missing.status, refused.status], [404, 403]);
    for (const { text, headers } of [missing, refused]) {
      assert.ok(!text.includes(headers["x-request-id"] as string));
    }
  });

  await t.step("a form sent after signing out leads to the sign-in page and back", async () => {
    const sent = { name: "x" };
    const page = await world.browser().post(`${host}/projects`, sent, { Referer: `${host}/projects/new` });

    assert.equal(page.status, 401);
    assert.ok(page.text.includes('href="/login?next=%2Fprojects%2Fnew"'));
  });

  await t.step("a broken body says what is wrong with it", async () => {
    const page = await member.post(`${host}/projects`, { name: "a\0b" });

    assert.equal(page.status, 422);
    assert.match(page.text, /The character NUL is not accepted\. Go back, correct it/);
  });

  await t.step("a part of a page gets a toast and replaces nothing", async () => {
    const part = await member.get(`${host}/projects/none`, HTMX);

    assert.deepEqual([part.status, part.headers["hx-reswap"]], [404, "none"]);
    assert.equal(part.headers["hx-response"], "true");
    assert.match(part.text, /^<hx-partial hx-target="#flash"/);
  });
});

Deno.test("after a server error, one click sends the request again with what was typed", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const member = await signedIn(world, acme);
  const host = `http://${world.host("acme")}`;
  await world.breakTable(acme, "projects");

  await t.step("a page", async () => {
    const page = await member.get(`${host}/projects?status=active`);

    assert.equal(page.status, 500);
    assert.match(page.text, SIDEBAR);
    assert.match(page.text, /href="\/projects\?status=active"[^>]*>Try again/);
    assert.ok(page.text.includes(page.headers["x-request-id"] as string));
  });

  await t.step("a form, without its password", async () => {
    const typed = { name: 'Gripper "v2"', description: "", password: "correct horse battery" };
    const page = await member.post(`${host}/projects`, typed);

    assert.equal(page.status, 500);
    assert.match(page.text, /<form method="post" action="\/projects">/);
    assert.match(page.text, /name="name" value="Gripper &quot;v2&quot;"/);
    assert.ok(!page.text.includes(typed.password));
  });

  await t.step("with htmx, the form stays as it is", async () => {
    const part = await member.post(`${host}/projects`, { name: "Gripper" }, HTMX);

    assert.deepEqual([part.status, part.headers["hx-reswap"]], [500, "none"]);
    assert.match(part.text, /Your changes are still here\./);
  });
});

async function signedIn(world: World, { tenant, owner }: Company): Promise<Browser> {
  const browser = world.browser();
  const address = `http://${world.host(tenant.subdomain)}/login`;
  await browser.post(address, { email: owner.email, password: PASSWORD, next: "/settings" });
  return browser;
}

/** The text of the page's only h1. */
function headingOf({ text }: Page): string {
  const headings = [...text.matchAll(/<h1[^>]*>(.*?)<\/h1>/gs)];
  assert.equal(headings.length, 1);
  return headings[0]![1]!.replaceAll(/<[^>]+>/g, "").replaceAll("&#39;", "'");
}
