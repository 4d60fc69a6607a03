import assert from "node:assert/strict";
import { getMemberOfUser } from "../../src/access/membership.ts";
import { createRole } from "../../src/access/role_editing.ts";
import { listRoles } from "../../src/access/roles.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import type { Browser } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: the pages of roles work without JavaScript, and members see only what their role allows. */

Deno.test("an owner makes a role, changes it and deletes it; a form that is sent twice makes one role", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const { browser, host } = await signedIn(world, company, company.owner.email);
  const path = `${host}/settings/roles`;

  const form = await browser.get(`${path}/new?from=viewer`);
  const key = /name="form_key" value="([^"]+)"/.exec(form.text)![1]!;
  const sent = { form_key: key, name: "Auditor", permissions: "projects:read" };
  const empty = await browser.post(path, { form_key: key, name: " " });
  const created = await browser.post(path, sent);
  await browser.post(path, sent);
  const own = (await listRoles(company.ctx)).filter(({ isBuiltIn }) => !isBuiltIn);
  const page = await browser.get(`${path}/${own[0]!.id}`);
  await browser.post(`${path}/${own[0]!.id}`, { name: "Reviewer", permissions: "members:read" });
  const [changed] = (await listRoles(company.ctx)).filter(({ isBuiltIn }) => !isBuiltIn);
  const deleted = await browser.post(`${path}/${own[0]!.id}/delete`, {});

  assert.match(form.text, /value="Viewer \(copy\)"/);
  assert.match(form.text, /value="projects:read" checked/);
  assert.equal(empty.status, 422);
  assert.match(empty.text, /Enter a name\..*Choose at least one permission\./s);
  assert.match(created.text, /Role Auditor created\./);
  assert.deepEqual(own.map(({ name, permissions }) => [name, permissions]), [["Auditor", ["projects:read"]]]);
  assert.match(page.text, /Auditor/);
  assert.doesNotMatch(page.text.replaceAll(/<[^>]+>/g, ""), /projects:read/);
  assert.deepEqual([changed!.name, changed!.permissions], ["Reviewer", ["members:read"]]);
  assert.match(deleted.text, /Role Reviewer deleted\./);
  assert.equal((await listRoles(company.ctx)).length, 4);
});

Deno.test("the form says what a permission includes, and a role is saved with it, without JavaScript", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const { browser, host } = await signedIn(world, company, company.owner.email);
  const path = `${host}/settings/roles`;

  const form = await browser.get(`${path}/new`);
  const key = /name="form_key" value="([^"]+)"/.exec(form.text)![1]!;
  await browser.post(path, { form_key: key, name: "Manager", permissions: "members:manage" });
  const [own] = (await listRoles(company.ctx)).filter(({ isBuiltIn }) => !isBuiltIn);
  const edited = await browser.get(`${path}/${own!.id}/edit`);

  assert.match(form.text, /Manage members.*?Includes “See members”\./s);
  assert.match(edited.text, /value="members:read" checked/);
  assert.match(edited.text, /value="members:manage" checked/);
});

Deno.test("ten minutes after the sign-in, creating, changing and deleting a role take a proof", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const { browser, host } = await signedIn(world, company, company.owner.email);
  const path = `${host}/settings/roles`;
  const form = await browser.get(`${path}/new?from=viewer`);
  const form_key = /name="form_key" value="([^"]+)"/.exec(form.text)![1]!;
  const sent = { form_key, name: "Auditor", permissions: "projects:read" };
  const proof = { step_up: "confirm", step_up_password: PASSWORD };
  const ownRoles = async () => (await listRoles(company.ctx)).filter(({ isBuiltIn }) => !isBuiltIn);

  world.clock.advance(11 * MINUTE);
  const asked = await browser.post(path, sent);
  const none = await ownRoles();
  await browser.post(path, { ...sent, ...proof });
  const [created] = await ownRoles();
  world.clock.advance(11 * MINUTE);
  const changed = await browser.post(`${path}/${created!.id}`, {
    name: "Reviewer",
    permissions: "projects:read",
  });
  const deleted = await browser.post(`${path}/${created!.id}/delete`, {});
  const [kept] = await ownRoles();

  assert.deepEqual([asked, changed, deleted].map(({ status }) => status), [403, 403, 403]);
  assert.match(asked.text, /name="name" value="Auditor"/);
  assert.deepEqual(none, []);
  assert.equal(kept!.name, "Auditor");
});

Deno.test("a role with members can't be deleted, and its page leads to them", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const role = await createRole(company.ctx, { name: "Auditor", permissions: ["projects:read"] });
  await world.member(company, "mei@acme.example", role);
  const { browser, host } = await signedIn(world, company, company.owner.email);

  const page = await browser.get(`${host}/settings/roles/${role.id}/delete`);
  const forced = await browser.post(`${host}/settings/roles/${role.id}/delete`, {});
  const team = await browser.get(`${host}/team?role=${role.id}`);

  assert.match(page.text, /1 member still has this role\..*Give them another role first\./s);
  assert.ok(page.text.includes(`href="/team?role=${role.id}"`));
  assert.doesNotMatch(page.text, /action="[^"]*\/delete"/);
  assert.equal(forced.status, 409);
  assert.match(team.text, /mei@acme\.example/);
  assert.match(team.text, /Auditor/);
  assert.equal([...team.text.matchAll(/<tr id="member-/g)].length, 1);
});

Deno.test("members see what their role allows: links, buttons, and the first page that they may see", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const role = await createRole(company.ctx, { name: "Reader", permissions: ["projects:read"] });
  await world.member(company, "mei@acme.example", role);
  await world.member(company, "vic@acme.example", "viewer");
  const reader = await signedIn(world, company, "mei@acme.example");
  const viewer = await signedIn(world, company, "vic@acme.example");

  const start = await reader.browser.get(`${reader.host}/dashboard`);
  const list = await viewer.browser.get(`${viewer.host}/settings/roles`);
  const form = await viewer.browser.get(`${viewer.host}/settings/roles/new`);
  const page = await viewer.browser.get(`${viewer.host}/settings/roles/${role.id}`);

  assert.match(start.text, /<title>Projects/);
  assert.match(start.text, /href="\/projects"/);
  assert.doesNotMatch(start.text, /href="\/(team|dashboard|projects\/new)"/);
  assert.match(start.text, /Reader/);
  assert.match(list.text, /Reader/);
  assert.doesNotMatch(list.text, /href="\/settings\/roles\/new"/);
  assert.doesNotMatch(page.text, /\/(edit|delete)"/);
  assert.equal(form.status, 403);
});

Deno.test("permission to manage members or roles, or to change projects, includes the pages that lead there", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  const pagesOf = {
    "members:manage": ["/team", "/team/invitations", "/team/invitations/new"],
    "roles:manage": ["/settings/roles", "/settings/roles/new"],
    "projects:write": ["/projects", "/projects/new"],
  };
  for (const [permission, paths] of Object.entries(pagesOf)) {
    const role = await createRole(company.ctx, { name: permission, permissions: [permission] });
    const email = `${permission.replace(":", "-")}@acme.example`;
    await world.member(company, email, role);
    const { browser, host } = await signedIn(world, company, email);
    for (const path of paths) {
      await t.step(`${permission}: ${path}`, async () => {
        assert.equal((await browser.get(`${host}${path}`)).status, 200);
      });
    }
  }
});

Deno.test("an editor who removes “See members” from their own role lands on the first page they can see", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const permissions = ["projects:read", "members:manage", "roles:manage"];
  const role = await createRole(company.ctx, { name: "Lead", permissions });
  await world.member(company, "mei@acme.example", { ...role, permissions });
  const { browser, host } = await signedIn(world, company, "mei@acme.example");
  const path = `${host}/settings/roles/${role.id}`;

  const kept = await browser.post(path, {
    name: "Lead",
    permissions: "members:read roles:manage projects:read",
  });
  const lost = await browser.post(path, { name: "Reader", permissions: "projects:read" });
  const after = await browser.get(path);

  assert.equal(kept.url, path);
  assert.match(kept.text, /success-message[^]*Role Lead saved/);
  assert.equal(lost.url, `${host}/projects`);
  assert.equal(lost.status, 200);
  assert.match(lost.text, /success-message[^]*Role Reader saved/);
  assert.equal(after.status, 403);
});

Deno.test("whoever gives themselves a role that can't see members comes to the first page that they may see", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const role = await createRole(company.ctx, { name: "Reader", permissions: ["projects:read"] });
  const mei = await world.member(company, "mei@acme.example", "owner");
  const { browser, host } = await signedIn(world, company, mei.email);
  const { id } = await getMemberOfUser(company.ctx, mei.id);

  const landed = await browser.post(`${host}/team/${id}/role`, { role: role.id });

  assert.equal(landed.url, `${host}/projects`);
  assert.equal(landed.status, 200);
  assert.match(landed.text, /success-message/);
});

Deno.test("a plan without roles of one's own says which plan has them, and keeps those that exist", async () => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", undefined, "team");
  const rich = { ...company.ctx, tenant: { ...company.tenant, plan: "premium" as const } };
  const { browser, host } = await signedIn(world, company, company.owner.email);

  const none = await browser.get(`${host}/settings/roles`);
  await createRole(rich, { name: "Auditor", permissions: ["projects:read"] });
  const kept = await browser.get(`${host}/settings/roles`);
  const form = await browser.get(`${host}/settings/roles/new`);

  assert.match(none.text, /Custom roles are part of the Premium plan and above\./);
  assert.doesNotMatch(none.text, /settings\/roles\/new/);
  assert.match(kept.text, /These roles still work\. To add or change one, you need the Premium plan\./);
  assert.equal(form.status, 403);
  assert.match(form.text, /“Custom roles” is included in the Premium plan and above\./);
});

async function signedIn(
  world: World,
  { tenant }: Company,
  email: string,
): Promise<{ browser: Browser; host: string }> {
  const browser = world.browser();
  const host = `http://${world.host(tenant.subdomain)}`;
  await browser.post(`${host}/login`, { email, password: PASSWORD });
  return { browser, host };
}
