import assert from "node:assert/strict";
import { DAY } from "../../src/platform/clock.ts";
import { suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { stockWorkspaces } from "../support/workspaces.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: `/api/v1/tenants` keeps its contract, status by status. */

Deno.test("201 a new tenant belongs to the caller, who can sign in there immediately", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.accountToken(acme.owner.email);

  const created = await world.api("POST", "/tenants", {
    token,
    body: { name: "Second", subdomain: "second", plan: "team" },
  });
  const there = await world.api("POST", "/auth/login", {
    body: { email: acme.owner.email, password: PASSWORD, tenant: "second" },
  });
  const me = await world.api("GET", "/me", { token: there.json.access_token });

  assert.equal(created.status, 201);
  const { id, created_at, ...rest } = created.json;
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.equal(created_at, world.clock.now().toISOString());
  assert.deepEqual(rest, {
    name: "Second",
    subdomain: "second",
    time_zone: "UTC",
    plan: "starter",
    status: "active",
    deletion_scheduled_for: null,
    second_factor_from: null,
    brand_color: null,
    api_origins: [],
  });
  assert.equal(created.headers.location, `/api/v1/tenants/${id}`);
  assert.deepEqual([me.json.tenant.id, me.json.role], [id, "owner"]);
});

Deno.test("200 the list contains the tenants that the caller is a member of", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.company("initech");
  await world.member(globex, acme.owner.email, "viewer");
  const token = await world.accountToken(acme.owner.email);

  const list = await world.api("GET", "/tenants", { token });
  const one = await world.api("GET", `/tenants/${globex.tenant.id}`, { token });

  assert.deepEqual(list.json.data.map(({ subdomain }: { subdomain: string }) => subdomain), [
    "acme",
    "globex",
  ]);
  assert.equal(list.json.next_cursor, null);
  assert.equal(one.status, 200);
  assert.equal(one.json.subdomain, "globex");
});

Deno.test("200 the list is paginated and sorted by name", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  for (const name of ["globex", "initech"]) {
    await world.member(await world.company(name), acme.owner.email, "viewer");
  }
  const token = await world.accountToken(acme.owner.email);

  const first = await world.api("GET", "/tenants?limit=2", { token });
  const second = await world.api("GET", `/tenants?limit=2&cursor=${first.json.next_cursor}`, { token });
  const wrong = [
    await world.api("GET", "/tenants?limit=101", { token }),
    await world.api("GET", "/tenants?cursor=nonsense", { token }),
  ];

  const names = [first, second].map(({ json }) => json.data.map(({ name }: { name: string }) => name));
  assert.deepEqual(names, [["acme Ltd", "globex Ltd"], ["initech Ltd"]]);
  assert.equal(second.json.next_cursor, null);
  assert.deepEqual(wrong.map(({ status, json }) => [status, json.errors[0].field]), [[422, "limit"], [
    422,
    "cursor",
  ]]);
});

Deno.test("404 for an unknown id, another user's tenant or an invalid id", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const globex = await world.company("globex");

  for (const id of [crypto.randomUUID(), globex.tenant.id, "nonsense", "%00"]) {
    const answers = [
      await world.api("GET", `/tenants/${id}`, { token }),
      await world.api("PATCH", `/tenants/${id}`, { token, body: { name: "Mine" } }),
      await world.api("DELETE", `/tenants/${id}`, { token }),
      await world.api("DELETE", `/tenants/${id}/deletion`, { token }),
    ];
    assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404, 404], id);
  }
});

Deno.test("S08 a suspended tenant can't be changed with an account token either", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await world.member(acme, globex.owner.email, "owner");
  const token = await world.accountToken(globex.owner.email);
  await suspendTenant(await openTenant(world.system, acme.tenant.id), {
    reason: "Two invoices are overdue.",
  });
  const path = `/tenants/${acme.tenant.id}`;

  const answers = [
    await world.api("PATCH", path, { token, body: { name: "Mine" } }),
    await world.api("DELETE", path, { token }),
    await world.api("DELETE", `${path}/deletion`, { token }),
  ];

  assert.deepEqual(answers.map(({ status }) => status), [403, 403, 403]);
  const { name, deletionDueAt } = (await world.services.use(TENANTS).findById(acme.tenant.id))!;
  assert.deepEqual([name, deletionDueAt], [acme.tenant.name, null]);
});

Deno.test("422 a user can't create more than twenty tenants, even in parallel; those created by others don't count", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.accountToken(acme.owner.email);
  await stockWorkspaces(world, acme.owner, 25);
  await stockWorkspaces(world, acme.owner, 19, { createdByThem: true });

  const answers = await Promise.all(
    ["one", "two", "three"].map((subdomain) =>
      world.api("POST", "/tenants", { token, body: { name: subdomain, subdomain } })
    ),
  );

  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 422, 422]);
});

Deno.test("201 a new tenant starts on starter, whatever plan the API call or form names", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.accountToken(acme.owner.email);
  const browser = await world.signedInBrowser(acme.owner.email);

  const premium = await world.api("POST", "/tenants", {
    token,
    body: { name: "Premium", subdomain: "premium-please", plan: "premium" },
  });
  await browser.post(`http://${world.host()}/workspaces/new`, {
    company_name: "Team",
    subdomain: "team-please",
    plan: "team",
  });
  await world.browser().post(`http://${world.host()}/signup`, {
    company_name: "New",
    subdomain: "enterprise-please",
    name: "Ada",
    email: "ada@new.example",
    password: PASSWORD,
    plan: "enterprise",
  });
  const byForm = await world.services.use(TENANTS).findBySubdomain("team-please");
  const bySignUp = await world.services.use(TENANTS).findBySubdomain("enterprise-please");

  assert.equal(premium.status, 201);
  assert.deepEqual([premium.json.plan, byForm?.plan, bySignUp?.plan], ["starter", "starter", "starter"]);
});

Deno.test("200 a change renames and moves, and ignores all other fields", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const body = {
    name: "Acme Robotics",
    subdomain: "robotics",
    plan: "enterprise",
    status: "suspended",
    id: "x",
  };

  const { status, json } = await world.api("PATCH", `/tenants/${acme.tenant.id}`, { token, body });

  assert.equal(status, 200);
  assert.deepEqual([json.id, json.name, json.subdomain, json.plan, json.status], [
    acme.tenant.id,
    "Acme Robotics",
    "robotics",
    acme.tenant.plan,
    "active",
  ]);
});

Deno.test("202 a deletion is scheduled in thirty days and can be canceled", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const path = `/tenants/${acme.tenant.id}`;

  const scheduled = await world.api("DELETE", path, { token });
  const twice = await world.api("DELETE", path, { token });
  const kept = await world.api("DELETE", `${path}/deletion`, { token });
  const nothing = await world.api("DELETE", `${path}/deletion`, { token });

  assert.equal(scheduled.status, 202);
  const due = new Date(world.clock.now().getTime() + 30 * DAY).toISOString();
  assert.equal(scheduled.json.deletion_scheduled_for, due);
  assert.equal(kept.status, 200);
  assert.equal(kept.json.deletion_scheduled_for, null);
  assert.deepEqual([twice.status, nothing.status], [409, 409]);
});

Deno.test("401 without credentials", async () => {
  await using world = await World.open();
  const { tenant } = await world.company("acme");

  const answers = await Promise.all([
    world.api("GET", "/tenants"),
    world.api("POST", "/tenants", { body: { name: "X", subdomain: "xx" } }),
    world.api("GET", `/tenants/${tenant.id}`),
    world.api("PATCH", `/tenants/${tenant.id}`, { body: { name: "X" } }),
    world.api("DELETE", `/tenants/${tenant.id}`),
  ]);

  assert.deepEqual(answers.map(({ status }) => status), [401, 401, 401, 401, 401]);
});

Deno.test("403 without the permission: members can't rename, admins can't delete", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "member@acme.example", "member");
  await world.member(acme, "admin@acme.example", "admin");
  const path = `/tenants/${acme.tenant.id}`;
  const [member, admin] = [
    await world.token(acme, "member@acme.example"),
    await world.token(acme, "admin@acme.example"),
  ];

  const renamed = await world.api("PATCH", path, { token: member, body: { name: "Mine" } });
  const deleted = await world.api("DELETE", path, { token: admin });
  const allowed = await world.api("PATCH", path, { token: admin, body: { name: "Ours" } });

  assert.deepEqual([renamed.status, deleted.status, allowed.status], [403, 403, 200]);
});

Deno.test("422 names every invalid field", async () => {
  await using world = await World.open();
  const token = await world.accountToken((await world.company("acme")).owner.email);
  const post = async (body: Record<string, unknown>) => {
    const { status, json } = await world.api("POST", "/tenants", { token, body });
    return [status, json.errors?.map(({ field }: { field: string }) => field)];
  };

  assert.deepEqual(await post({ name: "", subdomain: "ok-name" }), [422, ["name"]]);
  assert.deepEqual(await post({ name: "X", subdomain: "acme" }), [422, ["subdomain"]]);
  assert.deepEqual(await post({ name: "X", subdomain: "www" }), [422, ["subdomain"]]);
  assert.deepEqual(await post({ name: "X", subdomain: "xn--80ak6aa92e" }), [422, ["subdomain"]]);
  assert.deepEqual(await post({ name: "X", subdomain: "ok-name", plan: "enterprise" }), [422, ["plan"]]);
  assert.deepEqual(await post({ name: "X", subdomain: "ok-name", plan: "gold" }), [422, ["plan"]]);
});
