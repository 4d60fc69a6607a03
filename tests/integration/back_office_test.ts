import assert from "node:assert/strict";
import { type CustomDomain, listCustomDomains, setPrimary } from "../../src/custom_domains/domains.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { showCustomDomains } from "../support/custom_domains.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: platform staff manage all tenants on the apex, and nobody else can (S25). */

Deno.test("S25 the back office is only for platform staff, only on the apex", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.staff("root@example.com");
  const [visitor, owner, staff] = [world.browser(), world.browser(), world.browser()];
  await owner.post(`http://${world.host()}/login`, {
    email: acme.owner.email,
    password: PASSWORD,
    next: "/workspaces",
  });
  await owner.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });
  await signIn(world, staff);
  const paths = ["/admin/tenants", `/admin/tenants/${acme.tenant.id}`];

  for (const path of paths) {
    assert.match((await visitor.get(`http://${world.host()}${path}`)).url, /\/login\?next=%2Fadmin/);
    assert.equal((await owner.get(`http://${world.host()}${path}`)).status, 403);
    assert.equal((await owner.get(`http://${world.host("acme")}${path}`)).status, 404);
    assert.equal((await staff.get(`http://${world.host()}${path}`)).status, 200);
  }
  const suspended = await owner.post(`http://${world.host()}/admin/tenants/${acme.tenant.id}/suspension`, {
    reason: "x",
  });
  assert.equal(suspended.status, 403);
  assert.equal((await world.services.use(TENANTS).findById(acme.tenant.id))!.status, "active");
});

Deno.test("the list of tenants has search, filters, pages and a total", async () => {
  await using world = await World.open();
  await world.staff("root@example.com");
  for (let number = 1; number <= 27; number++) await world.company(`company-${number}`);
  const staff = world.browser();
  await signIn(world, staff);
  const list = async (query: string, headers = {}) => {
    const { text } = await staff.get(`http://${world.host()}/admin/tenants${query}`, headers);
    return [...text.matchAll(/href="\/admin\/tenants\/[0-9a-f-]{36}"/g)].length;
  };

  const first = await staff.get(`http://${world.host()}/admin/tenants`);
  const next = /\/admin\/tenants(\?[^"]*cursor=[^"]+)"/.exec(first.text)![1]!.replaceAll("&amp;", "&");

  assert.equal(await list(""), 25);
  assert.equal(await list(next), 2);
  assert.equal(await list(next, { "HX-Request": "true" }), 2);
  assert.equal(await list("?search=company-27"), 1);
  assert.equal(await list("?search=owner%40company-3.example"), 1);
  assert.equal(await list("?status=suspended"), 0);
  assert.equal(await list("?status=nonsense"), 25);
});

Deno.test("a tenant's page shows its custom domains with their state, and not what would prove them", async () => {
  await using world = await World.open();
  await world.staff("root@example.com");
  const acme = await world.company("acme");
  const staff = world.browser();
  await signIn(world, staff);
  const page = `http://${world.host()}/admin/tenants/${acme.tenant.id}`;

  const without = await staff.get(page);
  await showCustomDomains(world, acme);
  const [live] = await listCustomDomains(acme.ctx) as [CustomDomain];
  await setPrimary(acme.ctx, live.id, { primary: true });
  const { text } = await staff.get(page);

  assert.doesNotMatch(without.text, /Custom domains/);
  assert.match(text, /app\.acme\.example<[^]*>Primary<[^]*Live[^]*Checked <time/);
  assert.match(
    text,
    /portal\.acme\.example<[^]*TXT record missing[^]*team\.acme\.example<[^]*Waiting for DNS/,
  );
  assert.ok(!text.includes(live.record.value));
});

Deno.test("staff suspend a tenant with a reason, resume it, schedule its deletion by subdomain, and cancel it", async () => {
  await using world = await World.open();
  await world.staff("root@example.com");
  const acme = await world.company("acme", "Acme Robotics");
  const staff = world.browser();
  await signIn(world, staff);
  const page = `http://${world.host()}/admin/tenants/${acme.tenant.id}`;

  const unreasoned = await staff.post(`${page}/suspension`, { reason: "  " });
  const suspended = await staff.post(`${page}/suspension`, { reason: "Spam was sent." });
  const resumed = await staff.post(`${page}/suspension/end`);
  const unconfirmed = await staff.post(`${page}/deletion`, { confirmation: "Acme Robotics" });
  const marked = await staff.post(`${page}/deletion`, { confirmation: "acme" });
  const kept = await staff.post(`${page}/deletion/cancel`);

  assert.deepEqual([unreasoned.status, unconfirmed.status], [422, 422]);
  assert.match(unreasoned.text, /Enter a reason/);
  assert.match(unconfirmed.text, /Type acme/);
  assert.match(suspended.text, /Acme Robotics is suspended\./);
  assert.match(suspended.text, /Spam was sent\./);
  assert.match(resumed.text, /is active again/);
  assert.match(marked.text, /will be deleted/);
  assert.match(kept.text, /Deletion canceled\./);
  for (
    const done of [
      "suspended the workspace Acme Robotics: Spam was sent.",
      "resumed the workspace Acme Robotics",
      "scheduled the deletion of Acme Robotics",
      "canceled the deletion of Acme Robotics",
    ]
  ) {
    assert.ok(kept.text.includes(done), done);
  }
});

Deno.test("an owner renames and moves the workspace in its settings and stays signed in at the new address", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = await signedIn(world, acme);
  const host = `http://${world.host("acme")}`;

  const nameless = await browser.post(`${host}/settings/name`, { name: " " });
  const renamed = await browser.post(`${host}/settings/name`, { name: "Acme Robotics" });
  const refused = await browser.post(`${host}/settings/address`, { subdomain: "www" });
  const moved = await browser.post(`${host}/settings/address`, { subdomain: "robotics" });
  const settings = await browser.get(`http://${world.host("robotics")}/settings`);

  assert.deepEqual([nameless.status, refused.status], [422, 422]);
  assert.match(renamed.text, /now called Acme Robotics/);
  assert.match(refused.text, /reserved/);
  assert.equal(moved.url, `http://${world.host("robotics")}/dashboard`);
  assert.equal(moved.status, 200);
  assert.match(settings.text, /acme\.localhost/);
});

Deno.test("a member sees the settings but can't change them", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "mei@acme.example", "member");
  const browser = world.browser();
  const host = `http://${world.host("acme")}`;
  await browser.post(`${host}/login`, { email: "mei@acme.example", password: PASSWORD });

  const page = await browser.get(`${host}/settings`);
  const attempts = await Promise.all([
    browser.post(`${host}/settings/name`, { name: "Mine" }),
    browser.post(`${host}/settings/address`, { subdomain: "mine" }),
    browser.get(`${host}/settings/deletion`),
    browser.post(`${host}/settings/deletion`, { confirmation: acme.tenant.name }),
  ]);

  assert.equal(page.status, 200);
  assert.doesNotMatch(page.text, /action="\/settings\/(name|address|deletion)/);
  assert.deepEqual(attempts.map(({ status }) => status), [403, 403, 403, 403]);
  assert.deepEqual(await world.services.use(TENANTS).findById(acme.tenant.id), acme.tenant);
});

Deno.test("a signed-in user creates a second workspace and lands in it", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const browser = world.browser();
  const apex = `http://${world.host()}`;
  await browser.post(`${apex}/login`, { email: acme.owner.email, password: PASSWORD, next: "/workspaces" });

  const refused = await browser.post(`${apex}/workspaces/new`, { company_name: "", subdomain: "acme" });
  const made = await browser.post(`${apex}/workspaces/new`, { company_name: "Second", subdomain: "second" });
  const visitor = await world.browser().post(`${apex}/workspaces/new`, {
    company_name: "X",
    subdomain: "xx",
  });

  assert.equal(refused.status, 422);
  assert.match(refused.text, /Enter your company name/);
  assert.equal(made.url, `http://${world.host("second")}/dashboard`);
  assert.match(made.text, /Second/);
  assert.equal(visitor.status, 401);
});

async function signIn(world: World, browser: ReturnType<World["browser"]>): Promise<void> {
  const form = { email: "root@example.com", password: PASSWORD, next: "/admin/tenants" };
  await browser.post(`http://${world.host()}/login`, form);
}

async function signedIn(world: World, { owner, tenant }: Company) {
  const browser = world.browser();
  await browser.post(`http://${world.host(tenant.subdomain)}/login`, {
    email: owner.email,
    password: PASSWORD,
  });
  return browser;
}
