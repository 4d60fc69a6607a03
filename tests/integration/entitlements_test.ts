// Protects: a plan's version, what staff allow beside it, and a failed payment decide what a workspace may do, and nothing else.
import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { tenants } from "../../db/control/schema/tenants.ts";
import { authorize } from "../../src/access/authorize.ts";
import { allowanceOf, hasFeature, includedOf } from "../../src/billing/entitlements.ts";
import { getFeatureStatus } from "../../src/billing/feature_status.ts";
import { limit } from "../../src/billing/limit.ts";
import { meter } from "../../src/billing/meter.ts";
import { setOverride } from "../../src/billing/overrides.ts";
import { recordUsage } from "../../src/billing/usage/record.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { after, DAY } from "../../src/platform/clock.ts";
import { createProject } from "../../src/projects/projects.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { WEBHOOKS } from "../../src/webhooks/permissions.ts";
import { Customer, FAILS_LATER } from "../support/billing.ts";
import { PASSWORD, World } from "../support/world.ts";

const NOW = new Date("2026-03-01T00:00:00Z");

/** What stays while a failed payment makes the workspace read-only, beside reading. */
const STAYS = [
  "analytics:write",
  "api_keys:manage",
  "billing:manage",
  "data:export",
  "members:manage",
  "ownership:transfer",
  "support:grant",
  "tenant:delete",
  "usage:write",
];

Deno.test("customers who bought a version of a plan keep its limits", () => {
  const things = limit("things_of_versions", {
    nouns: { one: "thing", several: "things" },
    included: { starter: 1, team: 60, "team@1": 50, premium: null, enterprise: null },
  });

  assert.equal(includedOf({ plan: "team", planVersion: 1, overrides: [] }, things, NOW), 50);
  assert.equal(includedOf({ plan: "team", planVersion: 2, overrides: [] }, things, NOW), 60);
});

Deno.test("customers who bought a version of a plan keep what it includes of a metric, and whether it sells more", () => {
  const things = meter("metered_things_of_versions", {
    label: "Things",
    allowances: {
      starter: { included: 1 },
      team: { included: 60, overage: 2 },
      "team@1": { included: 50 },
      premium: { included: null },
      enterprise: { included: null },
    },
  });
  const allowanceIn = (planVersion: number) =>
    allowanceOf({ plan: "team", planVersion, overrides: [] }, things, NOW);

  assert.deepEqual(allowanceIn(1), { included: 50 });
  assert.deepEqual(allowanceIn(2), { included: 60, overage: 2 });
});

Deno.test("an override counts until its end", () => {
  const entitled = {
    plan: "starter" as const,
    planVersion: 1,
    overrides: [{ key: "webhooks", allowed: true, endsAt: after(NOW, DAY) }],
  };

  assert.equal(hasFeature(entitled, WEBHOOKS, NOW), true);
  assert.equal(hasFeature(entitled, WEBHOOKS, after(NOW, DAY)), false);
});

Deno.test("staff raise a limit and allow a feature for a while, and every process knows at once", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const staff = await openTenant(world.system, customer.company.tenant.id);
  const until = after(world.clock.now(), DAY);

  await setOverride(staff, { key: "projects", value: "4", until });
  await setOverride(staff, { key: "webhooks", value: "yes", until: null });
  const ctx = await customer.ctx();
  for (const name of ["1", "2", "3", "4"]) {
    await createProject(ctx, { name, description: "", status: "active" });
  }
  const status = [await getFeatureStatus(ctx, "projects"), await getFeatureStatus(ctx, "webhooks")];
  world.clock.advance(DAY);

  assert.deepEqual(status, [
    { feature: "projects", allowed: false, limit: 4, used: 4 },
    { feature: "webhooks", allowed: true, limit: null, used: null },
  ]);
  assert.equal((await getFeatureStatus(await customer.ctx(), "projects")).limit, 3);
  await setOverride(staff, { key: "webhooks", value: "none", until: null });
  assert.equal((await getFeatureStatus(await customer.ctx(), "webhooks")).allowed, false);
  await assert.rejects(() => setOverride(staff, { key: "nothing", value: "yes", until: null }), {
    kind: "invalid",
  });
  await assert.rejects(() => setOverride(staff, { key: "webhooks", value: "4", until: null }), {
    kind: "invalid",
  });
});

Deno.test("an override of a metric counts where the plan sells no more, and of requests in the rate limit", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const staff = await openTenant(world.system, customer.company.tenant.id);
  const set = (key: string, value: string) => setOverride(staff, { key, value, until: null });

  await set("compute_minutes", "150");
  await set("api_requests_per_minute", "7");
  await recordUsage(await customer.ctx(), { metric: "compute_minutes", value: 150 });
  const onStarter = await getFeatureStatus(await customer.ctx(), "compute_minutes");
  const { headers } = await world.api("GET", "/projects", { token: await world.token(customer.company) });
  await assert.rejects(
    async () => recordUsage(await customer.ctx(), { metric: "compute_minutes", value: 1 }),
    { kind: "limit_reached" },
  );
  await customer.buy();
  const onTeam = await getFeatureStatus(await customer.ctx(), "compute_minutes");

  assert.deepEqual([onStarter.allowed, onStarter.limit, onStarter.used], [false, 150, 150]);
  assert.match(String(headers["ratelimit-policy"]), /"plan";q=7;/);
  assert.deepEqual([onTeam.allowed, onTeam.limit], [true, 1_000], "the gateway bills what is above 1,000");
  await assert.rejects(() => set("api_requests_per_minute", "unlimited"), { kind: "invalid" });
});

Deno.test("whether a metric or an API call is left depends on what the plan includes and sells", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await world.apiCalls(customer.company, world.clock.now().toISOString().slice(0, 10), 10_000);

  const calls = await getFeatureStatus(await customer.ctx(), "api_calls");
  const minutes = await getFeatureStatus(await customer.ctx(), "compute_minutes");
  await customer.buy();
  await recordUsage(await customer.ctx(), { metric: "compute_minutes", value: 1_200 });
  const sold = await getFeatureStatus(await customer.ctx(), "compute_minutes");

  assert.deepEqual(calls, { feature: "api_calls", allowed: false, limit: 10_000, used: 10_000 });
  assert.deepEqual(minutes, { feature: "compute_minutes", allowed: true, limit: 100, used: 0 });
  assert.deepEqual(sold, { feature: "compute_minutes", allowed: true, limit: 1_000, used: 1_200 });
});

Deno.test("a read-only workspace refuses every change but paying, protecting and leaving, and reads everything", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  await world.system.control.update(tenants).set({ restrictedFrom: world.clock.now() })
    .where(eq(tenants.id, company.tenant.id));
  world.services.use(TENANTS).forget(company.tenant.id);
  const { tenant } = await openTenant(world.system, company.tenant.id);
  const ctx = world.acting(tenant, company.owner, "owner");
  const ofMembers = FEATURES.flatMap(({ permissions }) => permissions).filter(({ roles }) =>
    roles.has("owner")
  );

  const allowed = ofMembers.filter((permission) => {
    try {
      authorize(ctx, permission);
      return true;
    } catch {
      return false;
    }
  }).map(({ key }) => key).sort();

  const reading = ofMembers.map(({ key }) => key).filter((key) => key.endsWith(":read"));
  assert.deepEqual(allowed, [...STAYS, ...reading].sort());
  await assert.rejects(() => createProject(ctx, { name: "No", description: "", status: "active" }), {
    kind: "forbidden",
    message: /read-only/,
  });
});

Deno.test("a workspace that doesn't pay for two weeks is read-only in the API and on its pages", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(FAILS_LATER);
  await customer.pass(46);
  const token = await world.token(customer.company);
  const browser = world.browser();
  const account = { email: customer.company.owner.email, password: PASSWORD };
  await browser.post(`http://${world.host("acme")}/login`, account);

  const read = await world.api("GET", "/projects", { token });
  const create = await world.api("POST", "/projects", { token, body: { name: "No" } });
  const page = await browser.get(`http://${world.host("acme")}/dashboard`);

  assert.equal(read.status, 200);
  assert.equal(create.status, 403);
  assert.match(create.json.detail, /read-only/);
  assert.match(page.text, /This workspace is read-only, because a payment failed\./);
});
