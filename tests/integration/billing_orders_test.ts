import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import { grantPlan } from "../../src/billing/grants.ts";
import { followMembers } from "../../src/billing/paid_seats.ts";
import { previewPlan } from "../../src/billing/plan_preview.ts";
import { planOf } from "../../src/billing/plans.ts";
import type { Price } from "../../src/billing/prices.ts";
import { cancelSubscription, getSubscription, orderPlan } from "../../src/billing/subscription.ts";
import { createProject } from "../../src/projects/projects.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { card as testCard, Customer, GOOD_CARD, sell } from "../support/billing.ts";
import { World } from "../support/world.ts";

/** Protects: an order happens once, even if others order at the same time, and customers pay for what they ordered. */

const DECLINED = "4000000000000002";
const PREMIUM = { plan: "premium", billingCycle: "monthly" } as const;
const TEAM = { plan: "team", billingCycle: "monthly" } as const;

Deno.test("of five orders at the same moment, one checkout stays open", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const inputs = [TEAM, PREMIUM, TEAM, PREMIUM, TEAM];
  const ctx = await customer.ctx();

  const orders = await Promise.allSettled(inputs.map((input) => orderPlan(ctx, input)));

  const { checkoutId, customerId } = await customer.account();
  const { checkouts } = await customer.sandbox.getCustomer(customerId!);
  const open = checkouts.filter(({ status }) => status === "open").map(({ id }) => id);
  assert.deepEqual(open, [checkoutId]);
  assert.ok(orders.some(({ status }) => status === "fulfilled"));
});

Deno.test("a double click on the same order leads to the same checkout", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const ctx = await customer.ctx();

  const [first, second] = await Promise.all([orderPlan(ctx, TEAM), orderPlan(ctx, TEAM)]);
  const { checkoutId, customerId } = await customer.account();
  const { checkouts } = await customer.sandbox.getCustomer(customerId!);

  assert.ok("checkoutUrl" in first && "checkoutUrl" in second);
  assert.deepEqual(checkouts.filter(({ status }) => status === "open").map(({ id }) => id), [checkoutId]);
});

Deno.test("five clicks on an upgrade charge it once", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const ctx = await customer.ctx();

  await Promise.allSettled(Array.from({ length: 5 }, () => orderPlan(ctx, PREMIUM)));

  const { snapshot } = await customer.account();
  assert.equal(await customer.plan(), "premium");
  assert.deepEqual(snapshot!.invoices.map(({ total, status }) => [total, status]).toSorted(), [
    [2_900, "paid"],
    [7_000, "paid"],
  ]);
});

Deno.test("an upgrade that the bank refuses leaves a cancellation as it was, and one that is paid undoes it", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const ctx = await customer.ctx();
  const { customerId } = await customer.account();
  await cancelSubscription(ctx);
  await customer.sandbox.play(customerId!, (life) => life.attachCard(testCard(DECLINED)));

  await assert.rejects(() => orderPlan(ctx, PREMIUM), { kind: "bad_request" });
  const refused = await getSubscription(ctx);
  await customer.sandbox.play(customerId!, (life) => life.attachCard(testCard(GOOD_CARD)));
  await orderPlan(ctx, PREMIUM);
  const paid = await getSubscription(ctx);

  assert.deepEqual([refused.plan, refused.pendingPlan], ["team", "starter"]);
  assert.ok(refused.cancelAt);
  assert.deepEqual([paid.plan, paid.pendingPlan, paid.cancelAt], ["premium", null, null]);
});

Deno.test("an upgrade beside a smaller plan that waits is refused until that is dropped, so that neither is lost", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(GOOD_CARD, PREMIUM);
  const ctx = await customer.ctx();
  const yearly = { plan: "premium", billingCycle: "yearly" } as const;
  await orderPlan(ctx, TEAM);

  await assert.rejects(() => orderPlan(ctx, yearly), { kind: "conflict" });
  const { plan, pendingPlan } = await getSubscription(ctx);
  await orderPlan(ctx, PREMIUM);
  await orderPlan(ctx, yearly);

  assert.deepEqual([plan, pendingPlan], ["premium", "team"]);
  assert.equal((await getSubscription(ctx)).billingCycle, "yearly");
});

Deno.test("a smaller plan that the gateway doesn't take leaves a cancellation as it was", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(GOOD_CARD, PREMIUM);
  const ctx = await customer.ctx();
  await cancelSubscription(ctx);
  customer.sandbox.scheduleChange = () => Promise.reject(new Error("the gateway is away"));

  await assert.rejects(() => orderPlan(ctx, TEAM), /away/);

  await customer.sync();
  assert.equal((await getSubscription(ctx)).pendingPlan, "starter");
});

Deno.test("nobody pays for a plan that a granted one outranks", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const tenant = () => openTenant(world.system, customer.company.tenant.id);
  await grantPlan(await tenant(), { plan: "enterprise", until: null });

  await assert.rejects(async () => await orderPlan(await customer.ctx(), TEAM), { kind: "conflict" });

  await grantPlan(await tenant(), { plan: "team", until: null });
  assert.ok("checkoutUrl" in await orderPlan(await customer.ctx(), PREMIUM));
});

Deno.test("a preview names what the smaller plan takes away", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  for (const name of ["One", "Two", "Three", "Four"]) {
    await createProject(await customer.ctx(), { name, description: "", status: "active" });
  }

  const { exceeded, lost, change, startsAt } = await previewPlan(await customer.ctx(), {
    plan: "starter",
    billingCycle: "monthly",
  });

  assert.deepEqual(exceeded.map(({ limit, used, included }) => [limit.name, used, included]), [
    ["projects", 4, 3],
  ]);
  assert.deepEqual(lost.map(({ key }) => key).toSorted(), ["audit_log", "campaigns", "webhooks"]);
  assert.equal(change, null);
  assert.deepEqual(startsAt, (await getSubscription(await customer.ctx())).currentPeriodEnd);
});

Deno.test("who bought an older version of a plan keeps its price in another cycle", async () => {
  await using world = await World.open();
  using _old = sell({ ...planOf("team"), version: 90, monthlyPrice: 19_00, yearlyPrice: 190_00 });
  const customer = await Customer.open(world);
  await customer.buy();
  await become(customer, { plan: "team", version: 90, cycle: "monthly", currency: "usd" }, 1);

  await orderPlan(await customer.ctx(), { plan: "team", billingCycle: "yearly" });

  const { planVersion, billingCycle } = await getSubscription(await customer.ctx());
  assert.deepEqual([planVersion, billingCycle], [90, "yearly"]);
});

Deno.test("seats follow the members: three changes in a month are charged with its next invoice", async () => {
  await using world = await World.open();
  using _perSeat = sell({ ...planOf("team"), version: 91, pricing: "per_seat", monthlyPrice: 10_00 });
  const customer = await Customer.open(world);
  await customer.buy();
  await become(customer, { plan: "team", version: 91, cycle: "monthly", currency: "usd" }, 1);
  await customer.pass(5);

  for (const name of ["ben", "cleo", "dan"]) {
    await world.member(customer.company, `${name}@acme.example`, "member");
    assert.equal(await followMembers(world.services), 1);
  }
  assert.equal(await followMembers(world.services), 0);
  const before = (await customer.account()).snapshot!.invoices.length;
  await customer.pass(28);

  assert.equal((await getSubscription(await customer.ctx())).seats, 4);
  const { invoices } = (await customer.account()).snapshot!;
  assert.equal(invoices.length, before + 1);
  const [renewal] = invoices.toSorted((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  assert.equal(renewal!.lines.find(({ description }) => description === "Team (monthly)")?.amount, 40_00);
});

Deno.test("a yearly subscription pays for another member at once, and a removed one lowers the seats", async () => {
  await using world = await World.open();
  using _perSeat = sell({ ...planOf("team"), version: 92, pricing: "per_seat", yearlyPrice: 100_00 });
  const customer = await Customer.open(world);
  await customer.buy(GOOD_CARD, { billingCycle: "yearly" });
  await become(customer, { plan: "team", version: 92, cycle: "yearly", currency: "usd" }, 1);
  const invoices = async () => (await customer.account()).snapshot!.invoices.length;
  const before = await invoices();

  const { id } = await world.member(customer.company, "ben@acme.example", "member");
  await followMembers(world.services);
  const more = [await invoices(), (await getSubscription(await customer.ctx())).seats];
  await world.system.control.delete(memberships).where(eq(memberships.userId, id));
  await followMembers(world.services);

  assert.deepEqual(more, [before + 1, 2]);
  assert.equal((await getSubscription(await customer.ctx())).seats, 1);
});

/** The customer has the price, as if they had bought it when it was sold. */
async function become(customer: Customer, price: Price, seats: number): Promise<void> {
  const { customerId } = await customer.account();
  await customer.sandbox.play(customerId!, (life) => {
    Object.assign(life.state.subscriptions[0]!, { price, seats });
  });
  await customer.sync();
}
