import assert from "node:assert/strict";
import { API_USAGE } from "../../src/api_access/usage_counter.ts";
import { card, Customer, FAILS_LATER, GOOD_CARD } from "../support/billing.ts";
import { World } from "../support/world.ts";

/** Protects: a program orders, changes and ends a plan, and reports usage, with the statuses that the document names. */

const TEAM = { plan: "team", billing_cycle: "monthly" };

Deno.test("200 the plans with their prices, limits and features, without credentials", async () => {
  await using world = await World.open();

  const { status, json } = await world.api("GET", "/plans", {});

  assert.equal(status, 200);
  assert.deepEqual(json.data.map(({ key }: { key: string }) => key), [
    "starter",
    "team",
    "premium",
    "enterprise",
  ]);
  const [, team] = json.data;
  assert.deepEqual([team.price_monthly, team.price_yearly, team.currency], [2_900, 29_000, "usd"]);
  assert.deepEqual([team.limits.projects, team.limits.seats, team.limits.compute_minutes], [50, 15, 1_000]);
  assert.ok(team.features.includes("webhooks"));
});

Deno.test("202 the first order leads to a checkout, and 200 the subscription after it is paid", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const token = await world.token(customer.company);

  const before = await world.api("GET", "/subscription", { token });
  const ordered = await world.api("POST", "/subscription", { token, body: TEAM });
  await customer.sandbox.payCheckout(ordered.json.checkout_url.split("/").at(-1), card(GOOD_CARD));
  await customer.sync();
  const after = await world.api("GET", "/subscription", { token });

  assert.deepEqual([before.json.plan, before.json.status, before.json.access], [
    "starter",
    "none",
    "starter",
  ]);
  assert.equal(ordered.status, 202);
  assert.deepEqual(
    [after.json.plan, after.json.status, after.json.access, after.json.billing_cycle, after.json.seats],
    ["team", "active", "full", "monthly", 15],
  );
});

Deno.test("200 an upgrade, a downgrade that waits, a cancellation, and its undoing", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const token = await world.token(customer.company);
  const call = async (method: string, path: string, body?: object) =>
    await world.api(method, path, { token, body });

  const preview = await call("POST", "/subscription/preview", { plan: "premium", billing_cycle: "monthly" });
  const upgraded = await call("POST", "/subscription", { plan: "premium", billing_cycle: "monthly" });
  const waiting = await call("POST", "/subscription", TEAM);
  const resumed = await call("POST", "/subscription/resume");
  const canceled = await call("DELETE", "/subscription");

  assert.equal(preview.json.due_now, 7_000);
  assert.deepEqual(preview.json.lost_features, []);
  assert.equal(upgraded.json.plan, "premium");
  assert.deepEqual([waiting.json.plan, waiting.json.pending_plan], ["premium", "team"]);
  assert.equal(resumed.json.pending_plan, null);
  assert.ok(canceled.json.cancel_at);
  assert.deepEqual([200, 200, 200, 200], [upgraded.status, waiting.status, resumed.status, canceled.status]);
});

Deno.test("200 the invoices, and 404 another workspace's", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const other = await world.company("globex");
  const token = await world.token(customer.company);

  const { json } = await world.api("GET", "/invoices", { token });
  const [{ id, status, total, currency }] = json.data;
  const one = await world.api("GET", `/invoices/${id}`, { token });
  const foreign = await world.api("GET", `/invoices/${id}`, { token: await world.token(other) });

  assert.deepEqual([status, total, currency], ["paid", 2_900, "usd"]);
  assert.equal(one.json.number, "DEMO-0001");
  assert.equal(foreign.status, 404);
});

Deno.test("400 a refused payment leaves the plan, 409 the plan that the workspace has, and beside an open payment", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(FAILS_LATER);
  const token = await world.token(customer.company);
  const { customerId } = await customer.account();
  await customer.sandbox.play(customerId!, (life) => life.attachCard(card("4000000000000002")));

  const same = await world.api("POST", "/subscription", { token, body: TEAM });
  const refused = await world.api("POST", "/subscription", { token, body: { plan: "premium" } });
  await customer.pass(33);
  const late = await world.api("POST", "/subscription", {
    token: await world.token(customer.company),
    body: { plan: "premium" },
  });

  assert.equal(same.status, 409);
  assert.equal(refused.status, 400);
  assert.match(refused.json.detail, /declined/);
  assert.equal(late.status, 409);
  assert.equal(await customer.plan(), "team");
});

Deno.test("403 a member without the permission, 422 unknown plans, and S39 no price from the caller", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const viewer = await world.member(customer.company, "viewer@acme.example", "viewer");
  const token = await world.token(customer.company);

  const forbidden = await world.api("GET", "/subscription", {
    token: await world.token(customer.company, viewer.email),
  });
  const unknown = await world.api("POST", "/subscription", { token, body: { plan: "enterprise" } });
  const priced = await world.api("POST", "/subscription", { token, body: { ...TEAM, price: 1, amount: 1 } });
  const checkout = priced.json.checkout_url.split("/").at(-1);
  await customer.sandbox.payCheckout(checkout, card(GOOD_CARD));
  await customer.sync();

  assert.equal(forbidden.status, 403);
  assert.equal(unknown.status, 422);
  assert.equal((await customer.account()).snapshot!.invoices[0]!.total, 2_900);
});

Deno.test("401 nobody orders, previews, cancels or reads without credentials", async () => {
  await using world = await World.open();
  await Customer.open(world);
  const calls = [
    ["GET", "/subscription"],
    ["POST", "/subscription"],
    ["POST", "/subscription/preview"],
    ["POST", "/subscription/resume"],
    ["POST", "/subscription/trial"],
    ["DELETE", "/subscription"],
    ["GET", "/invoices"],
  ] as const;

  const answers = await Promise.all(
    calls.map(([method, path]) => world.api(method, path, { body: method === "POST" ? TEAM : undefined })),
  );

  assert.deepEqual(answers.map(({ status }) => status), calls.map(() => 401));
});

Deno.test("409 without a subscription there is nothing to cancel or resume, and a second trial is refused", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const token = await world.token(customer.company);
  const call = (method: string, path: string, body?: object) => world.api(method, path, { token, body });

  const started = await call("POST", "/subscription/trial", { plan: "team" });
  const again = await call("POST", "/subscription/trial", { plan: "premium" });
  const canceled = await call("DELETE", "/subscription");
  const resumed = await call("POST", "/subscription/resume");
  const starter = await call("POST", "/subscription", { plan: "starter" });

  assert.deepEqual([started.status, started.json.status, started.json.plan], [200, "trialing", "team"]);
  assert.deepEqual([again.status, canceled.status, resumed.status, starter.status], [409, 409, 409, 409]);
});

Deno.test("202 usage, one and many; 422 for an unknown metric; 403 when the plan includes no more", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const token = await world.token(customer.company);
  const report = (body: object) => world.api("POST", "/usage", { token, body });

  const one = await report({ metric: "compute_minutes", value: 40, idempotency_key: "a" });
  const many = await report({
    records: [
      { metric: "compute_minutes", value: 40, idempotency_key: "a" },
      { metric: "compute_minutes", value: 50 },
    ],
  });
  const unknown = await report({ metric: "stars", value: 1 });
  const over = await report({ metric: "compute_minutes", value: 11 });
  await world.services.use(API_USAGE).flush();
  const { json } = await world.api("GET", "/usage", { token });

  assert.deepEqual([one.status, one.json.recorded, many.status, many.json.recorded], [202, 1, 202, 1]);
  assert.equal(unknown.status, 422);
  assert.equal(over.status, 403);
  assert.match(over.json.type, /limit-reached$/);
  assert.deepEqual([over.json.limit, over.json.used], [100, 90]);
  assert.deepEqual(json.data, [
    { metric: "compute_minutes", total: 90, limit: 100, overage: 0 },
    { metric: "api_calls", total: 4, limit: 10_000, overage: 0 },
  ]);
});

Deno.test("200 whether a feature is allowed, 404 for an unknown one", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const token = await world.token(customer.company);

  const feature = await world.api("GET", "/features/webhooks", { token });
  const limit = await world.api("GET", "/features/projects", { token });
  const unknown = await world.api("GET", "/features/nothing", { token });

  assert.deepEqual(feature.json, { feature: "webhooks", allowed: false, limit: null, used: null });
  assert.deepEqual(limit.json, { feature: "projects", allowed: true, limit: 3, used: 0 });
  assert.equal(unknown.status, 404);
});
