import assert from "node:assert/strict";
import type { UsageReport } from "../../src/billing/gateway/gateway.ts";
import { meter, toCatalogMetric } from "../../src/billing/meter.ts";
import { planOf } from "../../src/billing/plans.ts";
import { DAY, HOUR } from "../../src/platform/clock.ts";
import { CATALOG, openStripeBench, stripeGateway } from "../support/gateway_bench.ts";
import { sell } from "../support/billing.ts";
import { Buyer, PREMIUM, TEAM } from "../support/gateway_buyer.ts";

/** Protects: what goes to Stripe is what Stripe takes, and nothing happens twice or waits forever when Stripe has trouble. */

Deno.test("a call whose answer is lost is made again with the same key, so that it happens once", async () => {
  await using bench = await openStripeBench();
  const buyer = await Buyer.open(bench);
  await buyer.buy();
  const charge = {
    customerId: buyer.customerId,
    money: { amount: 50_00, currency: "usd" },
    description: "Onboarding",
    key: "onboarding",
  } as const;
  bench.double.trouble = { status: 500, loses: true, times: 1 };

  const outcome = await bench.gateway.charge(charge);

  assert.deepEqual(outcome, { outcome: "paid" });
  assert.equal(bench.double.sent("POST /v1/invoices").length, 1);
  assert.equal((await buyer.account()).invoices.length, 2);
});

Deno.test("Stripe that answers with errors, refuses for its load, or hangs is unavailable, within the time limit", async () => {
  await using bench = await openStripeBench({ timeout: 200 });
  const buyer = await Buyer.open(bench);

  for (const trouble of [{ status: 500 }, { status: 503 }, { status: 429 }, { hangs: true as const }]) {
    bench.double.trouble = { ...trouble, times: 10 };
    const started = performance.now();
    await assert.rejects(() => bench.gateway.fetchAccount(buyer.customerId), {
      kind: "unavailable",
      message: "The payment provider doesn't answer. Try again later.",
    });
    assert.ok(performance.now() - started < 3_000);
  }
});

Deno.test("a key that Stripe refuses is unavailable to people, without a word about the key", async () => {
  await using bench = await openStripeBench();
  bench.double.trouble = { status: 401, times: 1 };

  await assert.rejects(() => bench.gateway.fetchAccount("cus_x"), (error: Error) => {
    assert.doesNotMatch(error.message, /sk_|key/i);
    return "kind" in error && error.kind === "unavailable";
  });
});

Deno.test("a plan that was never synced can't be bought, and the error says what to run", async () => {
  await using bench = await openStripeBench({ isSynced: false });
  const buyer = await Buyer.open(bench);

  await assert.rejects(() => buyer.checkout(), { kind: "unavailable", message: /denizen plans sync/ });
});

Deno.test("prices are asked for once, by their lookup keys", async () => {
  await using bench = await openStripeBench();
  const buyer = await Buyer.open(bench);
  bench.double.requests.length = 0;

  await buyer.checkout();
  await buyer.checkout();

  const [asked, ...again] = bench.double.sent("GET /v1/prices");
  assert.deepEqual(Object.values(asked!.form.lookup_keys!), [
    "team_v1_monthly_usd",
    "compute_minutes_team_v1_monthly_usd",
  ]);
  assert.equal(again.length, 0);
});

Deno.test("a checkout orders the plan with the seats and its metric without a quantity, in flexible billing mode", async () => {
  await using bench = await openStripeBench();
  const buyer = await Buyer.open(bench);

  await buyer.checkout({ seats: 3 });

  const { form } = bench.double.sent("POST /v1/checkout/sessions")[0]!;
  assert.deepEqual(form.line_items, {
    0: { price: "price_team_v1_monthly_usd", quantity: "3" },
    1: { price: "price_compute_minutes_team_v1_monthly_usd" },
  });
  assert.deepEqual(form.subscription_data, { billing_mode: { type: "flexible" } });
});

Deno.test("a trial that ends sooner than Stripe's checkout takes is made longer, never shorter", async () => {
  await using bench = await openStripeBench();
  const buyer = await Buyer.open(bench);
  const trialEndsAt = new Date(bench.clock.now().getTime() + HOUR);

  const { chargesAt } = await buyer.checkout({ trialEndsAt });

  assert.ok(chargesAt > trialEndsAt);
  assert.ok(chargesAt.getTime() - bench.clock.now().getTime() <= 2 * DAY + HOUR);
});

Deno.test("an upgrade waits for its payment, and counts from the preview's moment", async () => {
  await using bench = await openStripeBench();
  const buyer = await Buyer.open(bench);
  const { id: subscriptionId } = await buyer.buy();
  bench.clock.advance(DAY);
  const at = bench.clock.now();
  bench.clock.advance(HOUR);

  await bench.gateway.change({ subscriptionId, price: PREMIUM, seats: 1, at, key: "upgrade" });

  const { form, key } = bench.double.sent("POST /v1/subscriptions/:id")[0]!;
  assert.equal(key, "upgrade");
  assert.deepEqual(form, {
    items: {
      0: { id: `si_${subscriptionId}_0`, price: "price_premium_v1_monthly_usd", quantity: "1" },
      1: { id: `si_${subscriptionId}_1`, price: "price_compute_minutes_premium_v1_monthly_usd" },
    },
    payment_behavior: "pending_if_incomplete",
    proration_behavior: "always_invoice",
    proration_date: String(at.getTime() / 1_000),
  });
});

Deno.test("one click twice at the same time, with another moment, charges once", async () => {
  await using bench = await openStripeBench();
  const buyer = await Buyer.open(bench);
  const { id: subscriptionId } = await buyer.buy();
  const change = { subscriptionId, price: PREMIUM, seats: 1, key: "upgrade" };
  const at = bench.clock.now();
  bench.clock.advance(HOUR);

  const outcomes = await Promise.all([
    bench.gateway.change({ ...change, at }),
    bench.gateway.change({ ...change, at: bench.clock.now() }),
  ]);

  assert.deepEqual(outcomes, [{ outcome: "paid" }, { outcome: "paid" }]);
  assert.equal((await buyer.account()).invoices.length, 2);
});

Deno.test("a schedule that was begun and not finished is taken up again", async () => {
  await using bench = await openStripeBench();
  const buyer = await Buyer.open(bench);
  const { id: subscriptionId } = await buyer.buy({ price: PREMIUM });
  bench.double.bareSchedules.set(subscriptionId, subscriptionId.replace("sub_", "sub_sched_"));
  const before = await buyer.subscription();

  await bench.gateway.scheduleChange({ subscriptionId, price: TEAM, seats: 1, key: "downgrade" });

  assert.equal(before.scheduled, null);
  assert.deepEqual((await buyer.subscription()).scheduled!.price, TEAM);
  assert.equal(bench.double.sent("POST /v1/subscription_schedules").length, 0);
});

Deno.test("another process reads what is scheduled, although Stripe names only the price's id", async () => {
  await using bench = await openStripeBench();
  const buyer = await Buyer.open(bench);
  const { id: subscriptionId } = await buyer.buy({ price: PREMIUM });
  await bench.gateway.scheduleChange({ subscriptionId, price: TEAM, seats: 1, key: "downgrade" });

  const { subscriptions } = await stripeGateway(bench.double).fetchAccount(buyer.customerId);

  assert.deepEqual(subscriptions[0]!.scheduled!.price, TEAM);
});

Deno.test("a refund that is repeated after Stripe has forgotten its key gives nothing back again", async () => {
  await using bench = await openStripeBench();
  const buyer = await Buyer.open(bench);
  await buyer.buy();
  const refund = { invoiceId: (await buyer.invoice()).id, amount: 9_00, key: "goodwill" };

  const first = await bench.gateway.refund(refund);
  bench.clock.advance(25 * HOUR);
  const again = await bench.gateway.refund(refund);

  assert.deepEqual([first.amount, again.amount], [9_00, 9_00]);
  assert.equal((await buyer.invoice()).amountRefunded, 9_00);
});

Deno.test("an invoice with more than ten lines has them all", async () => {
  await using bench = await openStripeBench();
  const buyer = await Buyer.open(bench);
  const { id: subscriptionId } = await buyer.buy();
  for (let seats = 2; seats <= 8; seats++) {
    bench.clock.advance(DAY);
    await bench.gateway.changeSeats({ subscriptionId, seats, key: buyer.key() });
  }
  bench.clock.advance(30 * DAY);

  const { lines, total } = await buyer.invoice();

  assert.ok(lines.length > 14);
  assert.equal(lines.reduce((sum, { amount }) => sum + amount, 0), total);
});

Deno.test("usage goes to the meter as the total of its hour, without an identifier that would refuse a second one", async () => {
  await using bench = await openStripeBench();
  const { customerId } = await Buyer.open(bench);
  const hour = new Date("2026-03-02T08:00:00Z");
  const report = (total: number) => bench.gateway.reportUsage(usageReport(customerId, [[hour, total]]));

  await report(40);
  await report(55);

  const state = await bench.double.customer(customerId);
  assert.deepEqual(state.usage.compute_minutes, { [hour.toISOString()]: 55 });
  for (const { form } of bench.double.sent("POST /v1/billing/meter_events")) {
    assert.equal(form.identifier, undefined);
  }
});

Deno.test("late usage is billed by all lines of the invoice of its period, however many there are", async () => {
  await using bench = await openStripeBench();
  const { clock, double, gateway } = bench;
  const buyer = await Buyer.open(bench);
  const { id: subscriptionId } = await buyer.buy();
  const hour = clock.now();
  const report = (total: number) => gateway.reportUsage(usageReport(buyer.customerId, [[hour, total]]));
  await report(1_500);
  for (let seats = 2; seats <= 9; seats++) {
    clock.advance(DAY);
    await gateway.changeSeats({ subscriptionId, seats, key: buyer.key() });
  }
  clock.advance(25 * DAY);

  await report(1_600);

  const late = double.sent("POST /v1/invoiceitems").map(({ form }) => form.amount);
  assert.deepEqual(late, ["200"]);
});

Deno.test("however many hours are late, Stripe is asked once what it billed, and a period gets one item", async () => {
  await using bench = await openStripeBench();
  const { clock, double, gateway } = bench;
  const buyer = await Buyer.open(bench);
  await buyer.buy();
  const start = clock.now();
  clock.advance(32 * DAY);
  await gateway.reportUsage(usageReport(buyer.customerId, [[start, 1_100]]));
  const requests = async (hours: number) => {
    double.requests.length = 0;
    const late = Array.from({ length: hours }, (_, index): [Date, number] => [
      new Date(start.getTime() + index * HOUR),
      1_100,
    ]);
    await gateway.reportUsage(usageReport(buyer.customerId, late));
    return Object.fromEntries(
      Map.groupBy(double.requests, ({ method, path }) => `${method} ${path}`).entries()
        .map(([operation, sent]) => [operation, sent.length]),
    );
  };
  const lists = { "GET /v1/subscriptions": 1, "GET /v1/invoices": 1, "GET /v1/invoiceitems": 1 };

  const few = await requests(2);
  const many = await requests(200);

  assert.deepEqual(few, { "POST /v1/billing/meter_events": 2, ...lists, "POST /v1/invoiceitems": 1 });
  assert.deepEqual(many, { "POST /v1/billing/meter_events": 200, ...lists, "POST /v1/invoiceitems": 1 });
  const units = double.invoiceItems.map(({ metadata }) => Number(metadata.units));
  assert.deepEqual(units, [100, 1_100, 198 * 1_100]);
});

Deno.test("late hours of two closed periods are billed by the invoice of each", async () => {
  await using bench = await openStripeBench();
  const { clock, double, gateway } = bench;
  const buyer = await Buyer.open(bench);
  await buyer.buy();
  const [first, second] = [
    new Date(clock.now().getTime() + 27 * DAY),
    new Date(clock.now().getTime() + 33 * DAY),
  ];
  clock.advance(61 * DAY);

  await gateway.reportUsage(usageReport(buyer.customerId, [[first, 1_010], [second, 1_020]]));

  assert.deepEqual(double.invoiceItems.map(({ amount }) => amount).toSorted(), [10 * 2, 20 * 2]);
});

Deno.test("a meter counts for every version of a plan, and each version bills it by its own price", async () => {
  using _sold = sell({ ...planOf("team"), version: 2 });
  const things = meter("things_of_versions", {
    label: "Things",
    allowances: {
      starter: { included: 0 },
      team: { included: 500, overage: 3 },
      "team@1": { included: 1_000, overage: 2 },
      premium: { included: null },
      enterprise: { included: null },
    },
  });
  await using bench = await openStripeBench({ metrics: [toCatalogMetric(things)] });
  const { clock, double, gateway } = bench;
  const [old, current] = [await Buyer.open(bench), await Buyer.open(bench)];
  await old.buy();
  await current.buy({ price: { ...TEAM, version: 2 } });
  const hour = clock.now();
  const report = async (total: number) => {
    for (const { customerId } of [old, current]) {
      await gateway.reportUsage(usageReport(customerId, [[hour, total]], things.key));
    }
  };

  await report(1_200);
  clock.advance(32 * DAY);
  await report(1_210);

  const totals = [(await old.invoice()).total, (await current.invoice()).total];
  assert.deepEqual(totals, [29_00 + 200 * 2, 29_00 + 700 * 3]);
  assert.deepEqual(double.invoiceItems.map(({ amount }) => amount), [10 * 2, 10 * 3]);
  assert.equal(double.catalog.meters.size, 1);
});

Deno.test("usage too old for a meter isn't sent forever", async () => {
  await using bench = await openStripeBench();
  const { customerId } = await Buyer.open(bench);
  const hour = new Date("2026-01-01T08:00:00Z");

  await bench.gateway.reportUsage(usageReport(customerId, [[hour, 40]]));
});

Deno.test("the catalog is made once, and a second run finds nothing to do", async () => {
  await using bench = await openStripeBench({ isSynced: false });
  const first = await bench.gateway.diffCatalog(CATALOG);

  await bench.gateway.applyCatalog(CATALOG, first);
  await bench.gateway.applyCatalog(CATALOG, first);

  assert.deepEqual(first.filter(({ kind }) => kind === "price").map(({ key }) => key).sort(), [
    "compute_minutes_premium_v1_monthly_usd",
    "compute_minutes_premium_v1_yearly_usd",
    "compute_minutes_team_v1_monthly_usd",
    "compute_minutes_team_v1_yearly_usd",
    "premium_v1_monthly_usd",
    "premium_v1_yearly_usd",
    "team_v1_monthly_usd",
    "team_v1_yearly_usd",
  ]);
  assert.deepEqual(await bench.gateway.diffCatalog(CATALOG), []);
  assert.equal(bench.double.sent("POST /v1/prices").length, 8);
  const { prices } = bench.double.catalog;
  assert.equal(prices.get("price_team_v1_yearly_usd")!.unit_amount, 290_00);
  assert.deepEqual(prices.get("price_compute_minutes_team_v1_yearly_usd")!.tiers, [
    { unit_amount: 0, up_to: 12_000 },
    { unit_amount: 2, up_to: null },
  ]);
});

Deno.test("a name that changed is changed, and what isn't declared any more is archived, except what others made", async () => {
  await using bench = await openStripeBench();
  const { products, prices } = bench.double.catalog;
  products.get("plan_team")!.name = "Squad";
  prices.get("price_team_v1_monthly_usd")!.active = false;
  const left = {
    ...prices.get("price_team_v1_monthly_usd")!,
    id: "price_old",
    lookup_key: "old",
    active: true,
  };
  prices.set("price_old", left);
  prices.set("price_other", { ...left, id: "price_other", lookup_key: "other", metadata: {} });

  const changes = await bench.gateway.diffCatalog(CATALOG);
  await bench.gateway.applyCatalog(CATALOG, changes);

  assert.deepEqual(changes, [
    { action: "update", kind: "product", key: "team", difference: "name: Squad -> Team" },
    { action: "update", kind: "price", key: "team_v1_monthly_usd", difference: "active: false -> true" },
    { action: "archive", kind: "price", key: "old", difference: "not declared" },
  ]);
  assert.deepEqual(await bench.gateway.diffCatalog(CATALOG), []);
  assert.deepEqual([prices.get("price_old")!.active, prices.get("price_other")!.active], [false, true]);
});

Deno.test("a price that differs is never moved: nothing is applied, and the error says what differs", async () => {
  await using bench = await openStripeBench();
  bench.double.catalog.prices.get("price_team_v1_monthly_usd")!.unit_amount = 25_00;
  bench.double.catalog.products.get("plan_premium")!.name = "Gold";

  const changes = await bench.gateway.diffCatalog(CATALOG);

  await assert.rejects(() => bench.gateway.applyCatalog(CATALOG, changes), {
    kind: "conflict",
    message: /team_v1_monthly_usd: amount: 2500 -> 2900/,
  });
  assert.equal(bench.double.catalog.products.get("plan_premium")!.name, "Gold");
});

Deno.test("the double refuses what Stripe would: unknown and missing parameters fail a test", async () => {
  const bench = await openStripeBench();
  const headers = {
    Authorization: "Bearer sk_test_double",
    "Stripe-Version": "2026-10-28.endive",
    "Content-Type": "application/x-www-form-urlencoded",
  };

  const answer = await fetch(`${bench.double.origin}/v1/customers`, {
    method: "POST",
    headers,
    body: "name=Acme&colour=red&metadata[account_id]=1",
  });

  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /colour: unknown parameter.*email: missing/);
  await assert.rejects(async () => await bench[Symbol.asyncDispose](), /Stripe would refuse/);
});

Deno.test("events are verified as Stripe signs them", async () => {
  await using bench = await openStripeBench();
  const { double, gateway, clock } = bench;
  const now = clock.now().getTime();
  const event = JSON.stringify({
    id: "evt_1",
    object: "event",
    type: "invoice.paid",
    created: 1_772_442_000,
    livemode: true,
    data: { object: { id: "in_1", object: "invoice", customer: { id: "cus_1" } } },
  });
  const verdict = async (body: string, signature?: string) =>
    (await gateway.verifyEvent(new TextEncoder().encode(body), signature)).verdict;
  const old = double.sign(event, now - 6 * 60_000);

  assert.deepEqual(await gateway.verifyEvent(new TextEncoder().encode(event), double.sign(event)), {
    verdict: "valid",
    event: {
      id: "evt_1",
      type: "invoice.paid",
      createdAt: new Date("2026-03-02T09:00:00Z"),
      isLive: true,
      customerId: "cus_1",
    },
  });
  assert.equal(
    await verdict(event, `${double.sign(event, now, "whsec_former")},${double.sign(event).split(",")[1]}`),
    "valid",
  );
  assert.equal(await verdict(event, double.sign(event, now - 4 * 60_000)), "valid");
  assert.equal(await verdict(event, double.sign(event, now + 4 * 60_000)), "valid");
  const ahead = double.sign(event, now + 6 * 60_000);
  const [aheadTime, aheadHash] = ahead.split(",") as [string, string];
  const hidden = [
    `t=${Math.floor(now / 1_000)},${ahead}`,
    `${aheadTime.replace("=", "= ")},${aheadHash}`,
    `${aheadHash},${aheadTime}`,
  ];
  const refused = [undefined, "", "t=1", "nonsense", old, ahead, ...hidden];
  for (const signature of refused) assert.equal(await verdict(event, signature), "invalid", signature);
  assert.equal(await verdict(event, double.sign(event, now, "whsec_other")), "invalid");
  assert.equal(await verdict(event, `${old},t=${Math.floor(now / 1_000)}`), "invalid");
  assert.equal(await verdict(`${event} `, double.sign(event)), "invalid");
  const unknown = [
    "no JSON",
    "null",
    "[]",
    "{}",
    '{"object":"v2.core.event","id":"evt_2"}',
    '{"object":"event"}',
  ];
  for (const body of unknown) assert.equal(await verdict(body, double.sign(body)), "unknown", body);
});

/** Usage by the hour, as all there is. */
function usageReport(customerId: string, used: [Date, number][], metric = "compute_minutes"): UsageReport {
  const hours = used.map(([hour, total]) => ({ metric, hour, total }));
  const usedBetween = (_metric: string, from: Date, until: Date) =>
    Promise.resolve(
      hours.filter(({ hour }) => from <= hour && hour < until).reduce((sum, { total }) => sum + total, 0),
    );
  return { customerId, hours, usedBetween };
}
