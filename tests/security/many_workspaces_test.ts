import assert from "node:assert/strict";
import { stockWorkspaces } from "../support/workspaces.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a user can open their own workspaces, however many workspaces strangers give them (S49). */

Deno.test("S49 a user whom strangers made owner of 210 workspaces can open their own and create more", async (t) => {
  await using world = await World.open();
  const own = await world.company("zebra", "Zebra Works");
  await stockWorkspaces(world, own.owner, 210);
  const { email } = own.owner;

  await t.step("the API signs them in with and without their tenant", async () => {
    const unnamed = await world.api("POST", "/auth/login", { body: { email, password: PASSWORD } });
    const named = await world.api("POST", "/auth/login", {
      body: { email, password: PASSWORD, tenant: "zebra" },
    });
    const token = unnamed.json.access_token;
    const projects = await world.api("GET", "/projects", { token, headers: { "X-Tenant": "zebra" } });

    assert.deepEqual([unnamed.status, named.status, projects.status], [200, 200, 200]);
  });

  await t.step("their list of workspaces has all of them, page by page", async () => {
    const browser = await world.signedInBrowser(email);
    const seen = new Set<string>();
    let path: string | undefined = "/workspaces";
    let pages = 0;
    for (; path && pages < 20; pages++) {
      const { text } = await browser.get(`http://${world.host()}${path}`);
      for (const [, id] of text.matchAll(/action="\/workspaces\/([^/]+)\/handoff"/g)) seen.add(id!);
      path = /href="(\/workspaces\?cursor=[^"]+)"[^>]*rel="next"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
    }

    assert.equal(seen.size, 211);
    assert.equal(pages, 9); // of 25 rows each
    assert.ok(seen.has(own.tenant.id));
  });

  await t.step("their own workspace opens from the apex and on its host", async () => {
    const browser = await world.signedInBrowser(email);
    const opened = await browser.post(`http://${world.host()}/workspaces/${own.tenant.id}/handoff`);
    const onItsHost = await world.browser().post(`http://${world.host("zebra")}/login`, {
      email,
      password: PASSWORD,
    });

    for (const page of [opened, onItsHost]) assert.equal(page.url, `http://${world.host("zebra")}/dashboard`);
  });

  await t.step("their quota of workspaces is unaffected", async () => {
    const token = await world.accountToken(email);
    const { status } = await world.api("POST", "/tenants", {
      token,
      body: { name: "One more", subdomain: "one-more" },
    });

    assert.equal(status, 201);
  });
});
