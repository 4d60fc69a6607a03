import assert from "node:assert/strict";
import { World } from "../support/world.ts";

/** Protects: the sidebar leads to the person's other workspaces, and settings and account have their own navigation. */

Deno.test("the shell leads to other workspaces, and to the pages beside the current one", async (t) => {
  await using world = await World.open();
  const ada = await world.user("ada@acme.example", "Ada Okafor");
  const acme = await world.company("acme", "Acme", ada);
  const globex = await world.company("globex", "Globex", ada);
  const stranger = await world.company("initech", "Initech");
  const apex = `http://${world.host()}`;
  const host = `http://${world.host("acme")}`;
  const browser = await world.signedInBrowser("ada@acme.example");
  await browser.get(await world.handoffLink(browser, acme));

  await t.step("the switcher lists the other workspaces, with links through the apex", async () => {
    const { text } = await browser.get(`${host}/switcher`);

    assert.match(text, new RegExp(`href="${apex}/workspaces/${globex.tenant.id}"[^]*>Globex<`));
    assert.doesNotMatch(text, />Acme<|Initech/);
  });

  await t.step("such a link opens the workspace for someone who is signed in on the apex", async () => {
    const page = await browser.get(`${apex}/workspaces/${globex.tenant.id}`);

    assert.equal(page.url, `http://${world.host("globex")}/dashboard`);
    assert.match(page.text, /class="tenant-name[^>]*>Globex</);
  });

  await t.step("it does nothing for a link checker, and is not found for anyone but members", async () => {
    const cookie = { Cookie: browser.cookieHeader(world.host()) };
    const open = (method: string, id: string) => world.raw(method, world.host(), `/workspaces/${id}`, cookie);

    const checked = await open("HEAD", globex.tenant.id);
    const foreign = await open("GET", stranger.tenant.id);

    assert.deepEqual([checked.status, checked.headers.location], [200, undefined]);
    assert.equal(foreign.status, 404);
  });

  await t.step("a visitor signs in first and is then sent back", async () => {
    const page = await world.browser().get(`${apex}/workspaces/${globex.tenant.id}`);

    assert.equal(page.url, `${apex}/login?next=%2Fworkspaces%2F${globex.tenant.id}`);
  });

  await t.step("only settings and account have a navigation beside their pages", async () => {
    const [settings, dashboard] = await Promise.all([
      browser.get(`${host}/settings`),
      browser.get(`${host}/dashboard`),
    ]);

    assert.match(settings.text, /<nav aria-label="Settings"[^]*aria-current="page"[^>]*>General</);
    assert.doesNotMatch(dashboard.text, /<nav aria-label="(Settings|Your account)"/);
  });

  await t.step("a change is confirmed by a toast on the next page, once", async () => {
    const saved = await browser.post(`${host}/settings/name`, { name: "Acme Labs" });
    const later = await browser.get(`${host}/settings`);

    assert.match(saved.text, /id="flash"[^]*success-message[^]*Acme Labs/);
    assert.doesNotMatch(later.text, /success-message/);
  });
});

Deno.test("every page for people who are signed in has a button to sign out", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", await world.staff("ada@acme.example"));
  const browser = await world.signedInBrowser("ada@acme.example");
  await browser.get(await world.handoffLink(browser, acme));
  const apex = ["/workspaces", "/account", "/account/security", "/admin"];
  const workspace = ["/dashboard", "/projects", "/team", "/settings", "/account/sessions"];
  const addresses = [
    ...apex.map((path) => `http://${world.host()}${path}`),
    ...workspace.map((path) => `http://${world.host("acme")}${path}`),
  ];

  for (const address of addresses) {
    assert.match((await browser.get(address)).text, /<form[^>]*action="\/logout"[^]*?Sign out/, address);
  }
});
