import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { roles } from "../../db/control/schema/roles.ts";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { listMembers, MEMBER_LIST, MEMBERS_READ } from "../../src/access/members.ts";
import { createRole } from "../../src/access/role_editing.ts";
import { getGrantableRole, listGrantableRoles } from "../../src/access/roles.ts";
import { SIGN_INS } from "../../src/identity/sign_in_caches.ts";
import { authenticateBearer } from "../../src/identity/bearers.ts";
import { PROJECTS_WRITE } from "../../src/projects/projects.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: /api/v1/roles keeps its contract, nobody grants more than they have (S21), and a changed role counts at once. */

const AUDITOR = { name: "Auditor", permissions: ["projects:read", "members:read"] };

Deno.test("roles: the built-in ones first, then the tenant's own; created, changed and deleted with a line each in the log", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);

  const created = await world.api("POST", "/roles", { token, body: AUDITOR });
  const { id } = created.json;
  const listed = await world.api("GET", "/roles?limit=4", { token });
  const rest = await world.api("GET", `/roles?cursor=${listed.json.next_cursor}`, { token });
  const changes = { permissions: ["members:read", "projects:read", "projects:write"] };
  const changed = await world.api("PATCH", `/roles/${id}`, { token, body: changes });
  await world.api("PATCH", `/roles/${id}`, { token, body: changes });
  const deleted = await world.api("DELETE", `/roles/${id}`, { token });
  const again = await world.api("DELETE", `/roles/${id}`, { token });

  const own = {
    id,
    name: "Auditor",
    is_built_in: false,
    permissions: AUDITOR.permissions.toSorted(),
    members: 0,
  };
  assert.deepEqual([created.status, created.json], [201, own]);
  assert.equal(created.headers.location, `/api/v1/roles/${id}`);
  assert.deepEqual(listed.json.data.map((role: { id: string }) => role.id), [
    "owner",
    "admin",
    "member",
    "viewer",
  ]);
  assert.equal(listed.json.data[0].members, 1);
  assert.ok(listed.json.data[0].permissions.includes("tenant:delete"));
  assert.deepEqual(rest.json, { data: [own], next_cursor: null });
  assert.deepEqual([changed.status, changed.json], [200, { ...own, ...changes }]);
  assert.deepEqual([deleted.status, again.status], [204, 404]);
  assert.deepEqual(await linesOf(company), ["role.created", "role.updated", "role.deleted"]);
});

Deno.test("S66 each role comes once, though the last one of a page is renamed or deleted before the next", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const names = ["Auditor", "Buyer", "Clerk", "Driver", "Editor"];
  const own = [];
  for (const name of names) own.push(await create(world, token, { ...AUDITOR, name }));
  const page = async (query: string) => {
    const { status, json } = await world.api("GET", `/roles?${query}`, { token });
    assert.equal(status, 200);
    return { names: json.data.map((role: { name: string }) => role.name), next: json.next_cursor };
  };

  const builtIn = await page("limit=2");
  const mixed = await page(`limit=3&cursor=${builtIn.next}`);
  await world.api("PATCH", `/roles/${own[0]!.id}`, { token, body: { name: "Zoologist" } });
  const renamed = await page(`limit=2&cursor=${mixed.next}`);
  await world.api("DELETE", `/roles/${own[2]!.id}`, { token });
  const rest = await page(`limit=2&cursor=${renamed.next}`);
  const last = await page(`cursor=${rest.next}`);

  assert.deepEqual(builtIn.names, ["owner", "admin"]);
  assert.deepEqual(mixed.names, ["member", "viewer", "Auditor"]);
  assert.deepEqual(renamed.names, ["Buyer", "Clerk"]);
  assert.deepEqual(rest.names, ["Driver", "Editor"]);
  assert.deepEqual(last, { names: ["Zoologist"], next: null });
});

Deno.test("422 for a role without a name or permissions, with unknown ones, or with a name that is taken", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  await world.api("POST", "/roles", { token, body: AUDITOR });

  const wrong: [string, unknown][] = [
    ["name", { ...AUDITOR, name: " " }],
    ["name", { ...AUDITOR, name: "AUDITOR" }],
    ["name", { ...AUDITOR, name: "owner" }],
    ["permissions", { ...AUDITOR, name: "Nothing", permissions: [] }],
    ["permissions", { ...AUDITOR, name: "Unknown", permissions: ["moon:land"] }],
    ["permissions", { ...AUDITOR, name: "Staff", permissions: ["tenants:manage"] }],
    ["permissions", { ...AUDITOR, name: "Owner's", permissions: ["tenant:delete"] }],
  ];
  for (const [field, body] of wrong) {
    await t.step(JSON.stringify(body), async () => {
      const { status, json } = await world.api("POST", "/roles", { token, body });

      assert.deepEqual([status, json.errors?.[0].field], [422, field]);
    });
  }
  await t.step("a cursor of another list", async () => {
    const { status, json } = await world.api("GET", "/roles?cursor=nonsense", { token });

    assert.deepEqual([status, json.errors[0].field], [422, "cursor"]);
  });
});

Deno.test("S21 nobody makes, changes or deletes a role with more permissions than they have, or grants it", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  const [manager, strong] = await Promise.all([
    create(world, token, {
      name: "Manager",
      permissions: ["members:manage", "members:read", "roles:manage"],
    }),
    create(world, token, { name: "Strong", permissions: ["settings:manage"] }),
  ]);
  const mei = await world.member(company, "mei@acme.example", manager);
  const hers = await world.token(company, mei.email);
  const call = async (method: string, path: string, body?: unknown) =>
    (await world.api(method, path, { token: hers, body })).status;

  const statuses = [
    await call("POST", "/roles", { name: "More", permissions: ["settings:manage"] }),
    await call("PATCH", `/roles/${manager.id}`, { permissions: [...manager.permissions, "projects:write"] }),
    await call("PATCH", `/roles/${strong.id}`, { permissions: ["members:read"] }),
    await call("DELETE", `/roles/${strong.id}`),
  ];
  const ctx = world.acting(company.tenant, mei, manager);
  const grantable = (await listGrantableRoles(ctx)).map(({ name }) => name);

  assert.deepEqual(statuses, [403, 403, 403, 403]);
  assert.deepEqual(grantable, ["Manager"]);
  await assert.rejects(getGrantableRole(ctx, strong.id), { kind: "forbidden" });
  await assert.rejects(getGrantableRole(ctx, "viewer"), { kind: "forbidden" });
  assert.equal(await call("POST", "/roles", { name: "Less", permissions: ["members:read"] }), 201);
});

Deno.test("a role gets what its permissions need: people who manage members also see them and the choice of roles", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  const manager = await create(world, token, { name: "Manager", permissions: ["members:manage"] });
  const keeper = await create(world, token, { name: "Keeper", permissions: ["roles:manage"] });
  const mei = await world.member(company, "mei@acme.example", manager);
  const ben = await world.member(company, "ben@acme.example", keeper);

  const hers = await world.token(company, mei.email);
  const his = await world.token(company, ben.email);
  const seen = await world.api("GET", "/members", { token: hers });
  const roles = await world.api("GET", "/roles", { token: hers });
  const renamed = await world.api("PATCH", `/roles/${keeper.id}`, {
    token: his,
    body: { name: "Librarian" },
  });

  assert.deepEqual(manager.permissions, ["members:manage", "members:read"]);
  assert.deepEqual(keeper.permissions, ["members:read", "roles:manage"]);
  assert.deepEqual([seen.status, roles.status], [200, 200]);
  assert.deepEqual([renamed.status, renamed.json.name], [200, "Librarian"]);
});

Deno.test("a role saved before its permissions implied others has them, too", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  const role = await create(world, token, { name: "Manager", permissions: ["members:manage"] });
  await world.services.db.control.update(roles).set({ permissions: ["members:manage"] })
    .where(eq(roles.id, role.id));
  const mei = await world.member(company, "mei@acme.example", role);

  const { json: me } = await world.api("GET", "/me", { token: await world.token(company, mei.email) });
  const { json: listed } = await world.api("GET", "/roles", { token });

  assert.deepEqual(me.permissions, ["members:manage", "members:read"]);
  assert.deepEqual(listed.data.at(-1).permissions, ["members:manage", "members:read"]);
});

Deno.test("a changed role counts at once here, and for other processes as soon as they load the member again", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  const role = await create(world, token, AUDITOR);
  const mei = await world.member(company, "mei@acme.example", role);
  const hers = await world.token(company, mei.email);
  const write = async () =>
    (await world.api("POST", "/projects", { token: hers, body: { name: "Apollo" } })).status;
  const replica = await world.replica();
  const elsewhere = async () => (await authenticateBearer(replica, hers)).actor.permissions;

  try {
    const before = [await write(), (await elsewhere()).has(PROJECTS_WRITE)];
    await world.api("PATCH", `/roles/${role.id}`, { token, body: { permissions: ["projects:write"] } });
    const after = await write();
    replica.use(SIGN_INS).forgetTenant(company.tenant.id); // what its five seconds do
    const later = await elsewhere();

    assert.deepEqual(before, [403, false]);
    assert.equal(after, 201);
    assert.deepEqual([later.has(PROJECTS_WRITE), later.has(MEMBERS_READ)], [true, false]);
    const { json: me } = await world.api("GET", "/me", { token: hers });
    assert.deepEqual([me.role, me.permissions], [role.id, ["projects:read", "projects:write"]]);
  } finally {
    await replica.close();
  }
});

Deno.test("409 deletes no role that a member has; 403 without the plan makes none, and keeps those that exist", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const globex = await world.company("globex", "Globex", undefined, "team");
  const token = await world.token(company);
  const role = await create(world, token, AUDITOR);
  await world.member(company, "mei@acme.example", role);

  const inUse = await world.api("DELETE", `/roles/${role.id}`, { token });
  const members = await world.api("GET", `/members?role=${role.id}`, { token });
  const custom = await world.api("GET", "/members?role=custom", { token });
  const smallPlan = await world.api("POST", "/roles", { token: await world.token(globex), body: AUDITOR });

  assert.equal(inUse.status, 409);
  assert.deepEqual(members.json.data.map((each: { role: string }) => each.role), [role.id]);
  assert.deepEqual(custom.json, members.json);
  assert.equal(smallPlan.status, 403);
  assert.match(smallPlan.json.type, /\/feature-not-in-plan$/);
  const downgraded = { ...company.tenant, plan: "team" as const };
  const offered = await listGrantableRoles(world.acting(downgraded, company.owner, "owner"));
  assert.deepEqual(offered.map(({ id }) => id), ["owner", "admin", "member", "viewer"]);
});

Deno.test("a role of the tenant's own comes by invitation, by list and by change; invited people keep it from being deleted", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const company = await world.company("acme");
  const token = await world.token(company);
  const role = await create(world, token, AUDITOR);
  const mei = await world.member(company, "mei@acme.example", role);
  const { items } = await listMembers(company.ctx, MEMBER_LIST.query.parse({ search: "mei" }));
  const id = items[0]!.id;
  const roleOf = async (email: string) =>
    (await world.api("GET", "/me", { token: await world.token(company, email) })).json.role;
  const change = (to: string) => world.api("PATCH", `/members/${id}`, { token, body: { role: to } });

  const changes = [await change("viewer"), await change(role.id), await change("viewer")];
  const invited = await world.api("POST", "/invitations", {
    token,
    body: { email: "ben@new.example", role: role.id },
  });
  const csv = "ida@new.example,AUDITOR";
  const listed = await world.api("POST", "/invitations/batch", { token, body: { csv } });
  const whileInvited = await world.api("DELETE", `/roles/${role.id}`, { token });
  await worker.idle();
  const link = (await world.emails("ben@new.example"))[0]!.text.match(/http\S+\/invitations\/\S+/)![0];
  const opened = await world.browser().get(link);
  await world.browser().post(link, { name: "Ben", password: PASSWORD });

  assert.deepEqual(changes.map(({ json }) => json.role), ["viewer", role.id, "viewer"]);
  assert.equal(await roleOf(mei.email), "viewer");
  assert.deepEqual([invited.status, invited.json.role, listed.json.sent], [201, role.id, 1]);
  assert.equal(whileInvited.status, 409);
  assert.match(whileInvited.json.detail, /invited with this role/);
  assert.match(opened.text, /invited you as “Auditor”/);
  assert.equal(await roleOf("ben@new.example"), role.id);
});

Deno.test("S21 an owner who was given a custom role before is an owner in full, and invites with no role of another tenant", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const globex = await world.company("globex");
  const token = await world.token(company);
  const role = await create(world, token, AUDITOR);
  const foreign = await create(world, await world.token(globex), AUDITOR);
  const mei = await world.member(company, "mei@acme.example", role);
  const { items } = await listMembers(company.ctx, MEMBER_LIST.query.parse({ search: "mei" }));
  const hers = await world.token(company, mei.email);

  const invited = await world.api("POST", "/invitations", {
    token,
    body: { email: "ben@new.example", role: foreign.id },
  });
  await world.api("POST", "/ownership-offer", { token, body: { member_id: items[0]!.id } });
  const accepted = await world.api("POST", "/ownership-offer/acceptance", { token: hers });

  assert.deepEqual([invited.status, invited.json.errors[0].code], [422, "role_unknown"]);
  assert.ok(accepted.status < 300, `${accepted.status}`);
  assert.equal((await world.api("GET", "/me", { token: hers })).json.role, "owner");
});

Deno.test("S45 a deleted tenant's roles are gone, also those that members had", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const role = await createRole(company.ctx, AUDITOR);
  await world.member(company, "mei@acme.example", role);
  const before = await world.dumpControl();

  await deleteTenant(world.system, company.tenant.id);

  assert.ok(before.includes(role.id));
  assert.ok(!(await world.dumpControl()).includes(role.id));
});

async function create(world: World, token: string, body: typeof AUDITOR) {
  const { status, json } = await world.api("POST", "/roles", { token, body });
  assert.equal(status, 201);
  return json as { id: string; name: string; permissions: string[] };
}

Deno.test("the data that a member downloads names the role that their workspace made", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const role = await createRole(company.ctx, AUDITOR);
  const mei = await world.member(company, "mei@acme.example", { ...role });
  const host = `http://${world.host("acme")}`;
  const browser = world.browser();
  await browser.post(`${host}/login`, { email: mei.email, password: PASSWORD });

  const { text } = await browser.get(`${host}/account/data.json`);

  const [workspace] = JSON.parse(text).workspaces;
  assert.deepEqual([workspace.subdomain, workspace.role], ["acme", "Auditor"]);
});

/** The actions on roles in the company's log, oldest first. */
async function linesOf({ ctx }: Company): Promise<string[]> {
  const [rows] = await ctx.read((tx) => [tx.select().from(auditLog).orderBy(auditLog.sequence)]);
  return rows.map(({ action }) => action).filter((action) => action.startsWith("role."));
}
