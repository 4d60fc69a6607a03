import assert from "node:assert/strict";
import { billingAccounts, billingEvents } from "../../db/control/schema/billing.ts";
import { reconcile } from "../../src/billing/due_accounts.ts";
import { cancelSubscription, openPortal, orderPlan } from "../../src/billing/subscription.ts";
import { card, Customer, GOOD_CARD } from "../support/billing.ts";
import { startWorker } from "../support/jobs.ts";
import { StripeWorld } from "../support/stripe_world.ts";
import { PASSWORD } from "../support/world.ts";

/** Protects: with Stripe's keys, people buy, change and end plans through Stripe, and Stripe's events arrive. */

Deno.test("a customer pays at Stripe, and the event brings the plan", async () => {
  await using stripe = await StripeWorld.open();
  await using worker = await startWorker(stripe.world, "kv");
  const customer = await Customer.open(stripe.world);

  await stripe.pay(customer, await customer.checkout());
  await worker.idle();

  const account = await customer.account();
  const events = await stripe.world.system.control.select({ gateway: billingEvents.gateway }).from(
    billingEvents,
  );
  assert.equal(await customer.plan(), "team");
  assert.deepEqual([account.gateway, account.status, account.monthlyRevenue], ["stripe", "active", 29_00]);
  assert.deepEqual(await customer.emails(), ["receipt"]);
  assert.ok(events.length > 2 && events.every(({ gateway }) => gateway === "stripe"));
});

Deno.test("an upgrade, a downgrade, a cancellation and the end of the period go through Stripe", async () => {
  await using stripe = await StripeWorld.open();
  const customer = await Customer.open(stripe.world);
  await stripe.pay(customer, await customer.checkout());
  await customer.sync();

  const upgraded = await orderPlan(await customer.ctx(), { plan: "premium", billingCycle: "monthly" });
  const scheduled = await orderPlan(await customer.ctx(), { plan: "team", billingCycle: "monthly" });
  const canceled = await cancelSubscription(await customer.ctx());
  const { url } = await openPortal(await customer.ctx());
  await customer.pass(32);

  assert.ok("subscription" in upgraded && "subscription" in scheduled);
  assert.deepEqual([upgraded.subscription.plan, upgraded.subscription.pendingPlan], ["premium", null]);
  assert.deepEqual([scheduled.subscription.plan, scheduled.subscription.pendingPlan], ["premium", "team"]);
  assert.deepEqual([canceled.plan, canceled.pendingPlan], ["premium", "starter"]);
  assert.match(url, /\/portal\/cus_/);
  assert.equal(await customer.plan(), "starter");
  assert.deepEqual(await customer.movements(), ["subscribed", "upgraded", "canceled"]);
});

Deno.test("whoever goes back and orders the same plan again gets a checkout that can be paid, and a double click one", async () => {
  await using stripe = await StripeWorld.open();
  const customer = await Customer.open(stripe.world);

  const first = await customer.checkout();
  const second = await customer.checkout();
  const payment = await stripe.pay(customer, second);

  const { checkouts } = await stripe.double.customer((await customer.account()).customerId!);
  assert.notEqual(second, first);
  assert.equal(payment.outcome, "paid");
  assert.deepEqual(checkouts.map(({ status }) => status), ["expired", "complete"]);
});

Deno.test("a dispute, whose event names only the charge, reaches the workspace's account", async () => {
  await using stripe = await StripeWorld.open();
  await using worker = await startWorker(stripe.world, "kv");
  const customer = await Customer.open(stripe.world);
  await stripe.pay(customer, await customer.checkout());
  await worker.idle();

  await stripe.double.play((await customer.account()).customerId!, (life) => {
    life.dispute(life.state.invoices[0]!);
  });
  await worker.idle();

  assert.ok((await customer.logged()).includes("invoice.disputed"));
  assert.equal(await customer.plan(), "team");
});

Deno.test("an event of real payments is refused by an installation with a test key", async () => {
  await using stripe = await StripeWorld.open();
  const body = (livemode: boolean) =>
    JSON.stringify({
      id: `evt_${livemode}`,
      object: "event",
      type: "invoice.paid",
      created: 1_772_442_000,
      livemode,
      data: { object: { id: "in_1", object: "invoice", customer: "cus_1" } },
    });

  const statuses = [
    await stripe.send(body(true), stripe.double.sign(body(true))),
    await stripe.send(body(false), stripe.double.sign(body(false))),
  ];

  assert.deepEqual(statuses, [400, 200]);
});

Deno.test("while Stripe doesn't answer, pages show what is known, and an order asks to try later", async () => {
  await using stripe = await StripeWorld.open();
  const customer = await Customer.open(stripe.world);
  await stripe.pay(customer, await customer.checkout());
  await customer.sync();
  const { tenant, owner } = customer.company;
  const address = `http://${stripe.world.host(tenant.subdomain)}`;
  const browser = stripe.world.browser();
  await browser.post(`${address}/login`, { email: owner.email, password: PASSWORD, next: "/dashboard" });
  stripe.double.trouble = { status: 503, times: 100 };

  const page = await browser.get(`${address}/billing`);

  assert.equal(page.status, 200);
  assert.match(page.text, /Team/);
  await assert.rejects(
    async () => await orderPlan(await customer.ctx(), { plan: "premium", billingCycle: "monthly" }),
    { kind: "unavailable" },
  );
  assert.deepEqual(await reconcile(stripe.world.services), { synced: 0, failed: 1 });
  assert.equal(await customer.plan(), "team");
});

Deno.test("a workspace that paid in the sandbox before Stripe was configured starts over at Stripe", async () => {
  await using stripe = await StripeWorld.open();
  const customer = await Customer.open(stripe.world);
  await customer.checkout();
  await stripe.world.system.control.update(billingAccounts)
    .set({ gateway: "sandbox", customerId: "cus_sandbox", checkoutId: "cs_sandbox_1" });

  const synced = await reconcile(stripe.world.services);
  await stripe.pay(customer, await customer.checkout());
  await customer.sync();

  assert.deepEqual(synced, { synced: 0, failed: 1 });
  assert.equal((await customer.account()).gateway, "stripe");
  assert.equal(await customer.plan(), "team");
});

Deno.test("a renewal that fails is past due, and a better card pays it", async () => {
  await using stripe = await StripeWorld.open();
  const customer = await Customer.open(stripe.world);
  await stripe.pay(customer, await customer.checkout(), "4000 0000 0000 0341");
  await customer.pass(32);
  const { status, customerId } = await customer.account();

  await stripe.double.play(customerId!, (life) => {
    life.attachCard(card(GOOD_CARD));
    life.pay(life.state.invoices.at(-1)!);
  });
  await customer.sync();

  assert.equal(status, "past_due");
  assert.equal((await customer.account()).status, "active");
  assert.deepEqual(await customer.movements(), ["subscribed", "payment_failed", "payment_recovered"]);
});
