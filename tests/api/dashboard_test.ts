import assert from "node:assert/strict";
import { API_USAGE } from "../../src/api_access/usage_counter.ts";
import { createProject } from "../../src/projects/projects.ts";
import { Customer } from "../support/billing.ts";
import { World } from "../support/world.ts";

/** Protects: the dashboard shows the tenant's own figures. */

Deno.test("the figures count only this tenant's members, API calls and bytes", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  await world.member(acme, "mei@acme.example", "member");
  await createProject(globex.ctx, { name: "Not of Acme", description: "", status: "active" });
  const token = await world.token(acme);
  for (let call = 0; call < 3; call++) await world.api("GET", "/projects", { token });
  await world.services.use(API_USAGE).flush();

  const { json } = await world.api("GET", "/dashboard/stats", { token });
  const { json: other } = await world.api("GET", "/dashboard/stats", { token: await world.token(globex) });

  assert.deepEqual([json.users, json.api_calls, json.revenue, json.currency], [2, 3, 0, "usd"]);
  assert.ok(json.storage_used > 0);
  assert.deepEqual([other.users, other.api_calls], [1, 0]);
});

Deno.test("revenue is what the tenant paid in this month", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const { company } = customer;
  const stats = async () =>
    (await world.api("GET", "/dashboard/stats", { token: await world.token(company) })).json.revenue;
  const before = await stats();
  await customer.buy();
  await customer.pass(15);

  const paid = await stats();
  await customer.pass(15); // April 1, the day before the renewal

  assert.deepEqual([before, paid, await stats()], [0, 2_900, 0]);
});

Deno.test("a caller can ask who they are and what they can do", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "viewer@acme.example", "viewer");

  const { json } = await world.api("GET", "/me", { token: await world.token(acme, "viewer@acme.example") });

  assert.equal(json.actor.email, "viewer@acme.example");
  assert.equal(json.tenant.subdomain, "acme");
  assert.equal(json.role, "viewer");
  assert.ok(json.permissions.includes("projects:read"));
  assert.deepEqual(json.permissions.filter((key: string) => !key.endsWith(":read")), []);
});
