// Protects: what a workspace may do follows from what the gateway says, and people are told once, whatever order events come in.
import { and, eq } from "drizzle-orm";
import assert from "node:assert/strict";
import {
  billingAccounts,
  billingEvents,
  billingInvoices,
  billingMovements,
} from "../../db/control/schema/billing.ts";
import { projects as projectsTable } from "../../db/tenant/schema/projects.ts";
import type { Life } from "../../src/billing/engine/engine.ts";
import { getBillingOverview } from "../../src/billing/overview.ts";
import { sandboxOf } from "../../src/billing/gateway/open.ts";
import { receiveEvent } from "../../src/billing/intake.ts";
import {
  cancelSubscription,
  getSubscription,
  orderPlan,
  resumeSubscription,
} from "../../src/billing/subscription.ts";
import type { Price } from "../../src/billing/prices.ts";
import { hasHadTrial, startTrial } from "../../src/billing/trials.ts";
import { recordUsage } from "../../src/billing/usage/record.ts";
import { rotateKeys } from "../../src/identity/key_rotation.ts";
import type { UserId } from "../../src/access/actor.ts";
import { users } from "../../db/control/schema/users.ts";
import { DAY } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { createProject, deleteProject } from "../../src/projects/projects.ts";
import { cancelDeletion, scheduleDeletion, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { card, CONFIRMED_CARD, Customer, FAILS_LATER, GOOD_CARD } from "../support/billing.ts";
import { startWorker } from "../support/jobs.ts";
import { World } from "../support/world.ts";

Deno.test("S71 a trial ends by the clock, without any event, after a reminder three days and one day before", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);

  await startTrial(await customer.ctx(), { plan: "team" });
  const during = await customer.plan();
  await customer.pass(13);
  const reminders = await customer.emails();
  world.clock.advance(DAY);
  const after = await customer.plan();
  await customer.pass(2);

  assert.equal(during, "team");
  assert.deepEqual(reminders, ["trial_ending", "trial_ending"]);
  assert.equal(after, "starter", "the plan ends before any job runs");
  assert.deepEqual(await customer.emails(), ["trial_ending", "trial_ending", "trial_ended"]);
  assert.deepEqual(await customer.movements(), ["trial_started", "trial_ended"]);
  assert.deepEqual(await customer.logged(), ["trial.started", "trial.ended"]);
});

Deno.test("S71 who pays during the trial gets no reminder, keeps the plan, and is charged when the trial ends", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await startTrial(await customer.ctx(), { plan: "team" });
  await customer.pass(2);

  await customer.buy();
  const during = await getSubscription(await customer.ctx());
  await customer.pass(13);

  assert.equal(during.status, "trialing");
  assert.equal(await customer.plan(), "team");
  assert.deepEqual(await customer.emails(), ["receipt"]);
});

Deno.test("a plan that was bought during a trial and canceled later announces no end of that trial", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await startTrial(await customer.ctx(), { plan: "team" });
  await customer.buy();
  world.clock.advance(20 * DAY);
  await customer.sync();

  await cancelSubscription(await customer.ctx());
  world.clock.advance(40 * DAY);
  await customer.sync();

  assert.equal(await customer.plan(), "starter");
  assert.deepEqual(await customer.movements(), ["trial_started", "subscribed", "canceled"]);
  assert.equal((await customer.logged()).includes("trial.ended"), false);
});

Deno.test("a person has one trial, and so has a workspace", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const other = await world.company("globex", undefined, customer.company.owner, "starter");
  await startTrial(await customer.ctx(), { plan: "premium" });

  await assert.rejects(async () => await startTrial(await customer.ctx(), { plan: "team" }), {
    kind: "conflict",
  });
  await assert.rejects(async () => await startTrial(other.ctx, { plan: "team" }), { kind: "conflict" });
});

Deno.test("another address, another APP_SECRET, or a plan that was paid before gives nobody a second trial", async () => {
  await using world = await World.open();
  const [customer, paying] = [await Customer.open(world), await Customer.open(world, "initech")];
  const { owner } = customer.company;
  const other = await world.company("globex", undefined, owner, "starter");
  await startTrial(await customer.ctx(), { plan: "team" });

  await world.system.control.update(users).set({ email: "new@acme.example" }).where(eq(users.id, owner.id));
  await assert.rejects(() => startTrial(other.ctx, { plan: "team" }), { kind: "conflict" });
  const [fresh, former] = ["a-fresh-secret-of-more-than-32-characters", world.config.appSecret];
  const during = await world.replica({ appSecret: fresh, appSecrets: [fresh, former] });
  await rotateKeys({ ...world.system, services: during });
  const afterwards = await world.replica({ appSecret: fresh, appSecrets: [fresh] });
  const person = { userId: newId<UserId>(), email: owner.email.toUpperCase() };
  assert.equal(await hasHadTrial(afterwards, world.system.control, person), true);
  await during.close();
  await afterwards.close();

  await paying.buy();
  await cancelSubscription(await paying.ctx());
  await paying.pass(32);
  await assert.rejects(async () => await startTrial(await paying.ctx(), { plan: "team" }), {
    kind: "conflict",
  });
});

Deno.test("a sync that read a customer from before an order doesn't take the order's customer away", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const { customerId } = await customer.account();
  await customer.sandbox.deleteCustomer(customerId!);
  const fetchAccount = customer.sandbox.fetchAccount.bind(customer.sandbox);
  await customer.sync();
  await world.system.control.update(billingAccounts).set({ customerId });
  customer.sandbox.fetchAccount = async (id) => {
    const fetched = await fetchAccount(id);
    await world.system.control.update(billingAccounts).set({ customerId: "cus_new", checkoutId: "cs_new" });
    return fetched;
  };

  await customer.sync();

  const { customerId: kept, checkoutId } = await customer.account();
  assert.deepEqual([kept, checkoutId], ["cus_new", "cs_new"]);
});

Deno.test("a payment gives the plan, one receipt, one event and one movement", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);

  await customer.buy();

  const subscription = await getSubscription(await customer.ctx());
  assert.deepEqual([subscription.plan, subscription.status, subscription.access], ["team", "active", "full"]);
  assert.deepEqual(await customer.emails(), ["receipt"]);
  assert.deepEqual(await customer.logged(), ["invoice.paid", "subscription.created"]);
  assert.deepEqual(await customer.movements(), ["subscribed"]);
});

Deno.test("S69 an event that comes ten times, five at once, has its effects once", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const customer = await Customer.open(world);
  const checkout = await customer.checkout();
  await customer.sandbox.payCheckout(checkout, card(GOOD_CARD));
  const { customerId } = await customer.account();
  const event = {
    id: "evt_again",
    type: "invoice.paid",
    createdAt: world.clock.now(),
    isLive: false,
    customerId,
  };
  const receive = () => receiveEvent(world.services, "sandbox", event, "{}");

  const first = await Promise.all(Array.from({ length: 5 }, receive));
  for (let repeat = 0; repeat < 5; repeat++) await receive();
  await receiveEvent(world.services, "sandbox", { ...event, id: "evt_other" }, "{}");
  await worker.idle();

  assert.equal(first.filter((received) => received === "new").length, 1);
  assert.deepEqual(await customer.emails(), ["receipt"]);
  assert.deepEqual(await customer.logged(), ["invoice.paid", "subscription.created"]);
  assert.equal(await world.system.control.$count(billingInvoices), 1);
});

Deno.test("S70 a payment that nobody confirms leaves the workspace on Starter, and starts no subscription", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);

  const payment = await customer.buy(CONFIRMED_CARD);
  const during = await getSubscription(await customer.ctx());
  await customer.pass(1);
  const after = await getSubscription(await customer.ctx());

  assert.equal(payment.outcome, "action_required");
  assert.deepEqual([during.plan, during.status], ["starter", "incomplete"]);
  assert.deepEqual([after.plan, after.status], ["starter", "incomplete_expired"]);
  assert.deepEqual(await customer.logged(), []);
  assert.deepEqual(await customer.emails(), ["action_required"]);
  await customer.buy();
  assert.equal(await customer.plan(), "team");
});

Deno.test("a failed renewal is emailed on days 0, 3 and 7, makes the workspace read-only after 14 days, and a new card ends it", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(FAILS_LATER);

  await customer.pass(32);
  const late = await getSubscription(await customer.ctx());
  await customer.pass(14);
  const restricted = await getSubscription(await customer.ctx());
  const told = await customer.emails();
  await customer.sandbox.replaceCard((await customer.account()).customerId!, card(GOOD_CARD));
  await customer.sync();

  assert.deepEqual([late.status, late.access], ["past_due", "full"]);
  assert.deepEqual([restricted.status, restricted.access], ["past_due", "restricted"]);
  assert.deepEqual(told, ["receipt", "payment_failed", "payment_failed", "payment_failed", "read_only"]);
  assert.equal((await getSubscription(await customer.ctx())).access, "full");
  assert.deepEqual(await customer.movements(), ["subscribed", "payment_failed", "payment_recovered"]);
});

Deno.test("S75 after the last try the workspace is on Starter, the open invoice is void, and the plan can be bought again", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(FAILS_LATER);

  await customer.pass(60);

  const invoices = await world.system.control.select({ status: billingInvoices.status }).from(billingInvoices)
    .orderBy(billingInvoices.createdAt);
  assert.equal(await customer.plan(), "starter");
  assert.deepEqual(invoices.map(({ status }) => status), ["paid", "void"]);
  assert.equal((await customer.emails()).at(-1), "canceled");
  await customer.buy();
  assert.equal(await customer.plan(), "team");
});

Deno.test("the last invoice of a canceled plan stays to pay if its payment fails, and comes before another plan", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const customer = await Customer.open(world);
  await customer.buy(FAILS_LATER);
  await recordUsage(await customer.ctx(), { metric: "compute_minutes", value: 1_500 });
  await customer.reportUsage();
  await cancelSubscription(await customer.ctx());

  await customer.pass(35);
  const [last] = (await customer.account()).snapshot!.invoices;
  await customer.sandbox.play((await customer.account()).customerId!, (life) => {
    life.pay(life.state.invoices.at(-1)!);
  });
  await customer.sync();
  const emails = (await customer.emails()).filter((name) => !name.startsWith("limit_"));
  await worker.idle();
  const [email] = (await world.emails()).filter(({ message }) => message === "billing_last_payment_failed");
  const { payUrl } = await getBillingOverview(await customer.ctx());
  const order = async () => await orderPlan(await customer.ctx(), { plan: "team", billingCycle: "monthly" });
  await assert.rejects(order, { kind: "conflict" });
  await customer.sandbox.replaceCard((await customer.account()).customerId!, card(GOOD_CARD));
  await customer.sync();

  assert.deepEqual([last!.status, last!.amountDue], ["open", 500 * 2]);
  assert.deepEqual(emails, ["receipt", "last_payment_failed", "canceled"]);
  assert.match(email!.subject, /last payment failed/);
  assert.match(email!.text, /\$10\.00 .* The card was\s+declined\./);
  assert.ok(email!.text.includes(last!.payUrl!));
  assert.equal(payUrl, last!.payUrl);
  assert.equal(await customer.plan(), "starter");
  assert.ok("checkoutUrl" in await order());
});

Deno.test("after the last try of a renewal, the usage before it is still charged, once", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(FAILS_LATER);
  await recordUsage(await customer.ctx(), { metric: "compute_minutes", value: 1_500 });
  await customer.reportUsage();

  await customer.pass(60);
  await customer.sync();

  const { invoices } = (await customer.account()).snapshot!;
  assert.deepEqual(invoices.map(({ status, total }) => [status, total]), [
    ["open", 500 * 2],
    ["void", 29_00 + 500 * 2],
    ["paid", 29_00],
  ]);
  assert.deepEqual((await customer.emails()).slice(-2), ["canceled", "last_payment_failed"]);
  assert.equal(invoices[0]!.lines[0]!.description, `Usage from invoice ${invoices[1]!.number}`);
});

Deno.test("S73 a second checkout expires the first, and if both are paid, the newer one is canceled and refunded", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const first = await customer.checkout();
  await customer.checkout({ plan: "premium" });
  const { checkout } = await customer.sandbox.getCheckout(first);

  await customer.buy();
  const { customerId } = await customer.account();
  await customer.sandbox.play(customerId!, (life) => payAgain(life, PREMIUM));
  await customer.sync();

  const { snapshot } = await customer.account();
  assert.equal(checkout.status, "expired");
  assert.deepEqual(snapshot!.subscriptions.map(({ status }) => status), ["canceled", "active"]);
  assert.equal(snapshot!.invoices[0]!.amountRefunded, 9_900);
  assert.equal(await customer.plan(), "team");
  await customer.pass(32);
  assert.equal((await customer.account()).snapshot!.invoices.length, 3, "one invoice next month");
});

Deno.test("S73 the refund of a second subscription isn't lost if the first try fails", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const gateway = customer.sandbox;
  const checkoutId = await customer.checkout();
  await gateway.payCheckout(checkoutId, card(GOOD_CARD));
  const { customerId } = await customer.account();
  await gateway.play(customerId!, (life) => payAgain(life, TEAM));
  const { refund } = gateway;
  gateway.refund = () => Promise.reject(new Error("the gateway is away"));

  await assert.rejects(async () => await customer.sync());
  gateway.refund = refund;
  await customer.sync();

  const { invoices, subscriptions } = await gateway.fetchAccount(customerId!);
  assert.deepEqual(subscriptions.map(({ status }) => status), ["canceled", "active"]);
  assert.deepEqual(invoices.map(({ amountRefunded }) => amountRefunded), [29_00, 0]);
});

Deno.test("S73 a subscription that is paid counts more than an older one that isn't, which ends without a refund", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(FAILS_LATER);
  await customer.pass(32);
  const before = await getSubscription(await customer.ctx());
  const { customerId } = await customer.account();

  await customer.sandbox.play(customerId!, (life) => payAgain(life, PREMIUM));
  await customer.sync();

  const { invoices, subscriptions } = await customer.sandbox.fetchAccount(customerId!);
  assert.equal(before.status, "past_due");
  assert.equal(await customer.plan(), "premium");
  assert.deepEqual(subscriptions.map(({ status }) => status), ["active", "canceled"]);
  assert.ok(invoices.every(({ amountRefunded }) => amountRefunded === 0));
});

Deno.test("an upgrade takes effect immediately, and a refused card leaves the old plan", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const { customerId } = await customer.account();
  await customer.sandbox.play(customerId!, (life) => life.attachCard(card("4000 0000 0000 9995")));

  await assert.rejects(
    async () => await orderPlan(await customer.ctx(), { plan: "premium", billingCycle: "monthly" }),
    { kind: "bad_request" },
  );
  const refused = await customer.plan();
  await customer.sandbox.play(customerId!, (life) => life.attachCard(card(GOOD_CARD)));
  await orderPlan(await customer.ctx(), { plan: "premium", billingCycle: "monthly" });

  assert.equal(refused, "team");
  assert.equal(await customer.plan(), "premium");
  assert.deepEqual(await customer.movements(), ["subscribed", "upgraded"]);
});

Deno.test("a downgrade and a cancellation wait for the period's end, and can be undone", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(GOOD_CARD, { plan: "premium" });

  await orderPlan(await customer.ctx(), { plan: "team", billingCycle: "monthly" });
  const waiting = await getSubscription(await customer.ctx());
  const undone = await resumeSubscription(await customer.ctx());
  const canceled = await cancelSubscription(await customer.ctx());
  await customer.pass(32);

  assert.deepEqual([waiting.plan, waiting.pendingPlan], ["premium", "team"]);
  assert.equal(undone.pendingPlan, null);
  assert.deepEqual([canceled.plan, canceled.pendingPlan], ["premium", "starter"]);
  assert.equal(await customer.plan(), "starter");
  assert.deepEqual(await customer.emails(), ["receipt", "canceled"]);
});

Deno.test("a refund is emailed once", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const { snapshot } = await customer.account();

  const refund = { invoiceId: snapshot!.invoices[0]!.id, amount: 900, key: "refund" };
  await customer.sandbox.refund(refund);
  await customer.sandbox.refund(refund);
  await customer.sync();
  await customer.sync();

  assert.deepEqual(await customer.emails(), ["receipt", "refund"]);
  assert.deepEqual(await customer.movements(), ["subscribed", "refunded"]);
});

Deno.test("a customer who was deleted at the gateway is on Starter, and can buy again", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();

  await customer.sandbox.deleteCustomer((await customer.account()).customerId!);
  await customer.sync();
  const deleted = await customer.plan();
  await customer.buy();

  assert.equal(deleted, "starter");
  assert.equal(await customer.plan(), "team");
});

Deno.test("a suspended workspace still pays, and the plan is right when it is back", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const customer = await Customer.open(world);
  const checkout = await customer.checkout();
  await suspendTenant(await openTenant(world.system, customer.company.tenant.id), { reason: "Test" });

  await customer.sandbox.payCheckout(checkout, card(GOOD_CARD));
  await worker.idle();

  assert.equal((await customer.account()).status, "active");
  assert.equal((await openTenant(world.system, customer.company.tenant.id)).tenant.plan, "team");
});

Deno.test("a deleted workspace's subscription ends at the gateway, and its invoices stay", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const { id, customerId } = await customer.account();

  await using worker = await startWorker(world, "kv");
  await deleteTenant(world.system, customer.company.tenant.id);
  await worker.idle();

  const [account] = await world.system.control.select().from(billingAccounts).where(
    eq(billingAccounts.id, id),
  );
  const ended = and(eq(billingMovements.accountId, id), eq(billingMovements.kind, "canceled"));
  assert.equal(await world.system.control.$count(billingMovements, ended), 1);
  assert.deepEqual([account!.subscriptionId, account!.email, account!.snapshot], [null, null, null]);
  await assert.rejects(() => customer.sandbox.fetchAccount(customerId!), { kind: "not_found" });
  const bodies = await world.system.control.selectDistinct({ body: billingEvents.body }).from(billingEvents);
  assert.deepEqual(bodies, [{ body: "" }]);
  assert.equal(await world.system.control.$count(billingInvoices, eq(billingInvoices.accountId, id)), 1);
});

Deno.test("a workspace that is scheduled for deletion isn't charged again", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();

  await using worker = await startWorker(world, "kv");
  await scheduleDeletion(await customer.ctx());
  await worker.idle();
  await cancelDeletion(await customer.ctx());
  const { cancelAt, plan } = await getSubscription(await customer.ctx());
  await resumeSubscription(await customer.ctx());

  assert.equal(plan, "team");
  assert.equal(cancelAt?.toISOString(), (await customer.account()).currentPeriodEnd!.toISOString());
  assert.equal((await getSubscription(await customer.ctx())).cancelAt, null);
});

Deno.test("in production nothing can be bought without a gateway, and everything else works", async () => {
  await using world = await World.open();
  const production = await world.replica({ environment: "production" });
  try {
    const customer = await Customer.open(world);
    const ctx = { ...await customer.ctx(), services: production };

    await assert.rejects(() => orderPlan(ctx, { plan: "team", billingCycle: "monthly" }), {
      kind: "unavailable",
    });

    assert.equal((await getSubscription(ctx)).plan, "starter");
    assert.equal(sandboxOf(production), null);
  } finally {
    await production.close();
  }
});

Deno.test("a dispute is noted and changes nothing else", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const { customerId } = await customer.account();

  await customer.sandbox.play(customerId!, (life) => life.dispute(life.state.invoices[0]!));
  await customer.sync();
  await customer.sync();

  assert.equal(await customer.plan(), "team");
  assert.deepEqual((await customer.logged()).filter((action) => action === "invoice.disputed").length, 1);
});

Deno.test("S72 after a downgrade, what exists stays, and nothing new fits until there is room", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(GOOD_CARD, { plan: "premium" });
  const create = async (name: string) =>
    await createProject(await customer.ctx(), { name, description: "", status: "active" });
  for (let number = 1; number <= 60; number++) await create(`Project ${number}`);

  await orderPlan(await customer.ctx(), { plan: "team", billingCycle: "monthly" });
  await customer.pass(32);

  const [projects] = await (await customer.ctx()).read((tx) => [tx.select().from(projectsTable)]);
  assert.equal(await customer.plan(), "team");
  assert.equal(projects.length, 60);
  await assert.rejects(() => create("One too many"), { kind: "limit_reached" });
  for (const { id } of projects.slice(0, 10)) await deleteProject(await customer.ctx(), id);
  await assert.rejects(() => create("Still too many"), { kind: "limit_reached" });
  await deleteProject(await customer.ctx(), projects[10]!.id);
  await create("Fits again");
});

const TEAM: Price = { plan: "team", version: 1, cycle: "monthly", currency: "usd" };
const PREMIUM: Price = { ...TEAM, plan: "premium" };

/** A checkout that the product doesn't know of. */
function payAgain(life: Life, price: Price): void {
  const order = { price, seats: 1, key: "again", trialEndsAt: null, successUrl: "/", cancelUrl: "/" };
  life.payCheckout(life.openCheckout(order), card(GOOD_CARD));
}
