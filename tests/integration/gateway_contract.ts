import assert from "node:assert/strict";
import { DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { CONFIRMED_CARD, FAILS_LATER, GOOD_CARD, percentOff } from "../support/billing.ts";
import { CATALOG, type GatewayBench } from "../support/gateway_bench.ts";
import { Buyer, PREMIUM, TEAM, TEAM_YEARLY } from "../support/gateway_buyer.ts";

const NO_FUNDS = "4000 0000 0000 9995";

type Story = (bench: GatewayBench, buyer: Buyer) => Promise<void>;

/** Registers what every gateway promises, as tests of one driver. */
export function gatewayContract(name: string, open: () => Promise<GatewayBench>): void {
  for (const [sentence, story] of Object.entries(STORIES)) {
    Deno.test(`${name}: ${sentence}`, async () => {
      await using bench = await open();
      await story(bench, await Buyer.open(bench));
    });
  }
}

const STORIES: Record<string, Story> = {
  "an account has one customer, whose name and address follow": async ({ gateway }, buyer) => {
    const { accountId, customerId } = buyer;
    const fields = { accountId, name: "Acme", email: "owner@acme.example" };

    const again = await gateway.ensureCustomer({ ...fields, customerId: null });
    const renamed = await gateway.ensureCustomer({ ...fields, customerId, name: "Acme Labs" });

    assert.deepEqual([again, renamed], [customerId, customerId]);
    const { isDeleted, isLive, subscriptions, invoices, credit, clockAhead } = await buyer.account();
    assert.deepEqual([isDeleted, isLive, credit, clockAhead], [false, false, 0, 0]);
    assert.deepEqual([subscriptions, invoices], [[], []]);
  },

  "a checkout becomes a subscription that is paid": async ({ clock }, buyer) => {
    const checkout = await buyer.checkout({ seats: 2 });
    const payment = await buyer.pay(checkout);

    const { subscriptions: [subscription], invoices: [invoice], paymentMethod } = await buyer.account();
    assert.equal(payment.outcome, "paid");
    assert.deepEqual(checkout.chargesAt, clock.now());
    assert.deepEqual(checkout.expiresAt, new Date(clock.now().getTime() + DAY));
    assert.deepEqual([subscription!.status, subscription!.price, subscription!.seats], ["active", TEAM, 2]);
    assert.deepEqual(subscription!.currentPeriodEnd, new Date("2026-04-02T09:00:00Z"));
    assert.deepEqual([subscription!.cancelAt, subscription!.endedAt, subscription!.scheduled], [
      null,
      null,
      null,
    ]);
    assert.deepEqual([invoice!.status, invoice!.total, invoice!.amountPaid], ["paid", 58_00, 58_00]);
    assert.deepEqual([invoice!.amountDue, invoice!.payUrl, invoice!.subscriptionId], [
      0,
      null,
      subscription!.id,
    ]);
    assert.deepEqual(invoice!.periodEnd, subscription!.currentPeriodEnd);
    assert.deepEqual(paymentMethod, { brand: "visa", last4: "4242", expiryMonth: 12, expiryYear: 2040 });
  },

  "the same checkout with the same key is one checkout": async (_, buyer) => {
    const key = buyer.key();

    const [first, again] = [await buyer.checkout({ key }), await buyer.checkout({ key })];

    assert.equal(again.id, first.id);
  },

  "a trial charges nothing until it ends": async ({ clock }, buyer) => {
    const trialEndsAt = new Date(clock.now().getTime() + 14 * DAY);
    const checkout = await buyer.checkout({ trialEndsAt });
    await buyer.pay(checkout);
    const trial = await buyer.subscription();
    clock.advance(14 * DAY + HOUR);

    const { subscriptions: [after], invoices: [invoice] } = await buyer.account();
    assert.deepEqual(checkout.chargesAt, trialEndsAt);
    assert.deepEqual([trial.status, trial.trialEndsAt], ["trialing", trialEndsAt]);
    assert.deepEqual([after!.status, invoice!.total, invoice!.status], ["active", 29_00, "paid"]);
  },

  "S70 a first payment that nobody confirms ends after 23 hours, and a new checkout works": async (
    { clock },
    buyer,
  ) => {
    const payment = await buyer.pay(await buyer.checkout(), CONFIRMED_CARD);
    const waiting = await buyer.account();
    clock.advance(24 * HOUR);
    const ended = await buyer.account();

    assert.equal(payment.outcome, "action_required");
    assert.equal(waiting.subscriptions[0]!.status, "incomplete");
    assert.deepEqual([waiting.invoices[0]!.needsAction, waiting.invoices[0]!.failure], [true, null]);
    assert.match(waiting.invoices[0]!.payUrl!, /^https?:/);
    assert.equal(ended.subscriptions[0]!.status, "incomplete_expired");
    assert.notEqual(ended.subscriptions[0]!.endedAt, null);
    assert.deepEqual([ended.invoices[0]!.status, ended.invoices[0]!.payUrl], ["void", null]);
    assert.equal((await buyer.buy()).status, "active");
  },

  "a first payment that the customer confirms starts the subscription": async (_, buyer) => {
    await buyer.pay(await buyer.checkout(), CONFIRMED_CARD);
    const { id } = await buyer.invoice();

    await buyer.answer(id, true);

    assert.equal((await buyer.subscription()).status, "active");
  },

  "a coupon of 100 percent pays every invoice": async ({ clock }, buyer) => {
    await buyer.pay(await buyer.checkout(), GOOD_CARD, { coupon: percentOff(100) });
    clock.advance(32 * DAY);

    const { invoices, subscriptions: [subscription] } = await buyer.account();
    assert.equal(subscription!.status, "active");
    assert.deepEqual(invoices.map(({ status, total, amountPaid }) => [status, total, amountPaid]), [
      ["paid", 0, 0],
      ["paid", 0, 0],
    ]);
    for (const { lines, total } of invoices) assert.equal(sumOf(lines), total);
  },

  "a coupon that lasts is shown until it ends, and takes nothing off after": async ({ clock }, buyer) => {
    const endsAt = clock.now().getTime() + 45 * DAY;
    const coupon = { off: { amount: 9_00 }, duration: "repeating" as const, endsAt };
    await buyer.pay(await buyer.checkout(), GOOD_CARD, { coupon });
    const { discounts } = await buyer.subscription();
    clock.advance(70 * DAY);

    const { invoices, subscriptions: [subscription] } = await buyer.account();
    assert.deepEqual(discounts, [{ off: { amount: 9_00 }, endsAt: new Date(endsAt) }]);
    assert.deepEqual(subscription!.discounts, []);
    assert.deepEqual(invoices.map(({ total }) => total), [29_00, 20_00, 20_00]);
  },

  "a coupon for one invoice takes nothing off the next, and isn't shown": async ({ clock }, buyer) => {
    const coupon = { off: { percent: 50 }, duration: "once" as const, endsAt: null };
    await buyer.pay(await buyer.checkout(), GOOD_CARD, { coupon });
    const { discounts } = await buyer.subscription();
    clock.advance(32 * DAY);

    assert.deepEqual(discounts, []);
    assert.deepEqual((await buyer.account()).invoices.map(({ total }) => total), [29_00, 14_50]);
  },

  "a customer who was deleted has nothing, and gets a new id": async ({ gateway, play }, buyer) => {
    await buyer.buy();
    const { accountId, customerId } = buyer;

    await play(customerId, (life) => life.deleteCustomer());

    const { isDeleted, subscriptions, invoices } = await buyer.account();
    const fields = { accountId, customerId, name: "Acme", email: "owner@acme.example" };
    assert.deepEqual([isDeleted, subscriptions, invoices], [true, [], []]);
    assert.notEqual(await gateway.ensureCustomer(fields), customerId);
  },

  "a customer who was deleted, and whom nobody remembers, isn't brought back": async (
    { gateway, play },
    buyer,
  ) => {
    const { accountId, customerId } = buyer;

    await play(customerId, (life) => life.deleteCustomer());

    const fields = { accountId, customerId: null, name: "Acme", email: "owner@acme.example" };
    assert.notEqual(await gateway.ensureCustomer(fields), customerId);
  },

  "a customer who was deleted can buy nothing": async ({ gateway, play }, buyer) => {
    const checkout = await buyer.checkout();
    const { customerId } = buyer;

    await play(customerId, (life) => life.deleteCustomer());

    const money = { amount: 50_00, currency: "usd" } as const;
    const returnUrl = "https://acme.example.com/billing";
    const late = await buyer.pay(checkout);
    assert.equal(late.outcome, "declined");
    await assert.rejects(() => buyer.checkout(), { kind: "not_found" });
    await assert.rejects(() => gateway.openPortal({ customerId, returnUrl }), { kind: "not_found" });
    await assert.rejects(
      () => gateway.charge({ customerId, money, description: "Onboarding", key: buyer.key() }),
      { kind: "not_found" },
    );
  },

  "a dispute is told": async ({ play }, buyer) => {
    await buyer.buy();
    const before = await buyer.invoice();

    await play(buyer.customerId, (life) => life.dispute(life.state.invoices[0]!));

    assert.deepEqual([before.isDisputed, (await buyer.invoice()).isDisputed], [false, true]);
  },

  "a charge in yen has no decimals, and the same key charges once": async ({ gateway }, buyer) => {
    await buyer.buy();
    const charge = {
      customerId: buyer.customerId,
      money: { amount: 3_000, currency: "jpy" },
      description: "Onboarding",
      key: buyer.key(),
    } as const;

    const outcomes = [await gateway.charge(charge), await gateway.charge(charge)];

    const { invoices } = await buyer.account();
    const charged = invoices.filter(({ currency }) => currency === "jpy");
    assert.deepEqual(outcomes, [{ outcome: "paid" }, { outcome: "paid" }]);
    assert.deepEqual(charged.map(({ total, status, subscriptionId }) => [total, status, subscriptionId]), [
      [3_000, "paid", null],
    ]);
    assert.equal(charged[0]!.lines[0]!.description, "Onboarding");
  },

  "a charge that the bank refuses is open, with the reason": async ({ gateway }, buyer) => {
    await buyer.buy();
    await buyer.replaceCard(NO_FUNDS);

    const outcome = await gateway.charge({
      customerId: buyer.customerId,
      money: { amount: 50_00, currency: "usd" },
      description: "Onboarding",
      key: buyer.key(),
    });

    const { status, amountDue, failure } = await buyer.invoice();
    assert.equal(outcome.outcome, "declined");
    assert.match("reason" in outcome ? outcome.reason : "", /insufficient funds/);
    assert.deepEqual([status, amountDue], ["open", 50_00]);
    assert.match(failure!, /insufficient funds/);
  },

  "three changes of seats in a period are one invoice at its end": async ({ gateway, clock }, buyer) => {
    const { id: subscriptionId } = await buyer.buy();
    for (const seats of [3, 5, 4]) {
      clock.advance(5 * DAY);
      await gateway.changeSeats({ subscriptionId, seats, key: buyer.key() });
    }
    const changed = await buyer.account();
    clock.advance(20 * DAY);

    const renewed = await buyer.account();
    const whole = (part: number) => Math.round(29_00 * part / (31 * 86_400));
    const seconds = (days: number) => days * 86_400;
    const prorated = 2 * whole(seconds(26)) + 2 * whole(seconds(21)) - whole(seconds(16));
    assert.deepEqual([changed.invoices.length, changed.subscriptions[0]!.seats], [1, 4]);
    assert.equal(renewed.invoices.length, 2);
    assert.ok(Math.abs(renewed.invoices[0]!.total - (4 * 29_00 + prorated)) <= 6, "prorated by the second");
    assert.equal(sumOf(renewed.invoices[0]!.lines), renewed.invoices[0]!.total);
  },

  "S75 an old invoice that is paid after the end changes nothing else": async ({ gateway, clock }, buyer) => {
    await buyer.buy({}, FAILS_LATER);
    clock.advance(32 * DAY);
    const late = await buyer.account();
    clock.advance(30 * DAY);
    const ended = await buyer.account();
    await buyer.replaceCard(GOOD_CARD);

    const outcome = await gateway.payInvoice(ended.invoices[0]!.id);

    const paid = await buyer.account();
    assert.equal(late.subscriptions[0]!.status, "past_due");
    assert.notEqual(late.invoices[0]!.nextAttemptAt, null);
    assert.deepEqual([ended.subscriptions[0]!.status, ended.invoices[0]!.status], ["canceled", "open"]);
    assert.deepEqual(outcome, { outcome: "paid" });
    assert.deepEqual([paid.subscriptions[0]!.status, paid.invoices[0]!.status], ["canceled", "paid"]);
  },

  "an invoice that fails says why, and can be paid or made void": async ({ gateway, clock }, buyer) => {
    await buyer.buy({}, FAILS_LATER);
    clock.advance(32 * DAY);
    const { id, status, failure, amountDue, attempts } = await buyer.invoice();

    const refused = await gateway.payInvoice(id);
    await gateway.voidInvoice(id);
    await gateway.voidInvoice(id);

    assert.deepEqual([status, amountDue, attempts], ["open", 29_00, 1]);
    assert.match(failure!, /declined/);
    assert.equal(refused.outcome, "declined");
    assert.deepEqual([(await gateway.fetchInvoice(id)).status, await gateway.payInvoice(id)], [
      "void",
      { outcome: "paid" },
    ]);
  },

  "S73 a checkout that expired can't be paid, and expiring it again does nothing": async (
    { gateway, play },
    buyer,
  ) => {
    const first = await buyer.checkout();
    const second = await buyer.checkout({ price: PREMIUM });

    await gateway.expireCheckout(first.id);
    await gateway.expireCheckout(first.id);
    const late = await buyer.pay(first);
    await buyer.pay(second);
    await buyer.pay(second);
    await gateway.expireCheckout(second.id);

    const statuses = await play(buyer.customerId, (life) => life.state.checkouts.map(({ status }) => status));
    assert.equal(late.outcome, "declined");
    assert.deepEqual(statuses, ["expired", "complete"]);
    assert.deepEqual((await buyer.account()).subscriptions.map(({ price }) => price), [PREMIUM]);
  },

  "an upgrade charges what its preview says, once for a key": async ({ gateway, clock }, buyer) => {
    const { id: subscriptionId } = await buyer.buy();
    clock.advance(10 * DAY);
    const change = { subscriptionId, price: PREMIUM, seats: 1, at: clock.now() };
    const preview = await gateway.previewChange(change);
    clock.advance(MINUTE);
    const keyed = { ...change, key: buyer.key() };

    const outcomes = [await gateway.change(keyed), await gateway.change(keyed)];

    const { subscriptions: [subscription], invoices } = await buyer.account();
    assert.deepEqual(outcomes, [{ outcome: "paid" }, { outcome: "paid" }]);
    assert.deepEqual([subscription!.price, subscription!.pending], [PREMIUM, null]);
    assert.equal(invoices.length, 2);
    assert.deepEqual(preview.dueNow, { amount: invoices[0]!.total, currency: "usd" });
    assert.equal(sumOf(preview.lines), preview.dueNow.amount);
    assert.deepEqual(preview.next.total, { amount: 99_00, currency: "usd" });
    assert.deepEqual(preview.next.at, subscription!.currentPeriodEnd);
  },

  "the preview of an upgrade counts earlier changes of seats, the coupon and the credit": async (
    { gateway, clock },
    buyer,
  ) => {
    await buyer.pay(await buyer.checkout({ price: TEAM_YEARLY, seats: 3 }), GOOD_CARD, {
      coupon: percentOff(50),
    });
    const { id: subscriptionId } = await buyer.subscription();
    const order = (seats: number, price = TEAM_YEARLY) => ({ subscriptionId, price, seats, at: clock.now() });
    await gateway.change({ ...order(1), key: buyer.key() });
    const { credit } = await buyer.account();
    await gateway.changeSeats({ subscriptionId, seats: 4, key: buyer.key() });
    const upgrade = order(4, { ...PREMIUM, cycle: "yearly" });

    const preview = await gateway.previewChange(upgrade);
    await gateway.change({ ...upgrade, key: buyer.key() });

    const invoice = await buyer.invoice();
    assert.equal(credit, 290_00);
    assert.deepEqual([invoice.amountPaid, invoice.total], [preview.dueNow.amount, sumOf(preview.lines)]);
    assert.equal(invoice.total, 4 * 990_00 / 2 - 290_00 / 2);
    assert.equal(invoice.amountPaid, invoice.total - credit);
    assert.equal(preview.next.total.amount, 4 * 990_00 / 2);
    assert.equal((await buyer.account()).credit, 0);
  },

  "an upgrade that is given up gives back the credit that it used": async ({ gateway, clock }, buyer) => {
    const { id: subscriptionId } = await buyer.buy({ price: TEAM_YEARLY, seats: 2 });
    const order = (seats: number) => ({ subscriptionId, price: TEAM_YEARLY, seats, at: clock.now() });
    await gateway.change({ ...order(1), key: buyer.key() });
    await buyer.replaceCard(NO_FUNDS);
    await gateway.change({ ...order(9), key: buyer.key() });
    const during = await buyer.account();

    await gateway.voidInvoice(during.invoices[0]!.id);

    const after = await buyer.account();
    assert.deepEqual([during.credit, during.subscriptions[0]!.pending?.seats], [0, 9]);
    assert.deepEqual([after.credit, after.subscriptions[0]!.pending], [290_00, null]);
    assert.equal(after.subscriptions[0]!.seats, 1);
  },

  "a year instead of a month starts a period of its own": async ({ gateway, clock }, buyer) => {
    const { id: subscriptionId } = await buyer.buy();
    clock.advance(10 * DAY);
    const change = { subscriptionId, price: TEAM_YEARLY, seats: 1, at: clock.now() };

    const preview = await gateway.previewChange(change);
    await gateway.change({ ...change, key: buyer.key() });

    const { subscriptions: [subscription], invoices: [invoice] } = await buyer.account();
    assert.equal(invoice!.total, preview.dueNow.amount);
    assert.deepEqual(subscription!.price, TEAM_YEARLY);
    assert.deepEqual(subscription!.currentPeriodEnd, new Date("2027-03-12T09:00:00Z"));
    assert.deepEqual(preview.next.at, subscription!.currentPeriodEnd);
  },

  "the preview of what there is, is the next invoice": async ({ gateway, clock }, buyer) => {
    const { id: subscriptionId, currentPeriodEnd } = await buyer.buy();

    const preview = await gateway.previewChange({ subscriptionId, price: TEAM, seats: 1, at: clock.now() });
    await gateway.cancelAtEnd(subscriptionId);
    const ending = await gateway.previewChange({ subscriptionId, price: TEAM, seats: 1, at: clock.now() });

    assert.deepEqual([preview.dueNow.amount, preview.next.total.amount], [0, 29_00]);
    assert.deepEqual(preview.next.at, currentPeriodEnd);
    assert.deepEqual([ending.next.total.amount, ending.next.lines], [0, []]);
  },

  "an upgrade whose card is refused leaves the old plan, and a better card makes it": async (
    { gateway, clock },
    buyer,
  ) => {
    const { id: subscriptionId } = await buyer.buy();
    await buyer.replaceCard(NO_FUNDS);
    const change = { subscriptionId, price: PREMIUM, seats: 1, at: clock.now() };

    const refused = await gateway.change({ ...change, key: buyer.key() });
    const { subscriptions: [waiting] } = await buyer.account();
    await buyer.replaceCard(GOOD_CARD);
    const paid = await gateway.change({ ...change, key: buyer.key() });

    assert.equal(refused.outcome, "declined");
    assert.match("reason" in refused ? refused.reason : "", /insufficient funds/);
    assert.deepEqual([waiting!.status, waiting!.price, waiting!.pending!.price], ["active", TEAM, PREMIUM]);
    assert.deepEqual(paid, { outcome: "paid" });
    const { subscriptions: [subscription], invoices } = await buyer.account();
    assert.deepEqual([subscription!.price, subscription!.pending], [PREMIUM, null]);
    assert.deepEqual(invoices.map(({ status }) => status), ["paid", "void", "paid"]);
  },

  "an upgrade that the customer has to confirm waits, and is dropped after 23 hours": async (
    { gateway, clock },
    buyer,
  ) => {
    const { id: subscriptionId } = await buyer.buy();
    await buyer.replaceCard(CONFIRMED_CARD);
    const change = { subscriptionId, price: PREMIUM, seats: 1, at: clock.now() };
    const keyed = { ...change, key: buyer.key() };
    const first = await gateway.change(keyed);
    const again = await gateway.change(keyed);
    const waiting = await buyer.account();
    clock.advance(24 * HOUR);
    const dropped = await buyer.account();
    const at = clock.now();
    const second = await gateway.change({ ...change, at, key: buyer.key() });

    await buyer.answer((await buyer.invoice()).id, true);

    assert.equal(first.outcome, "action_required");
    assert.deepEqual(again, { outcome: "action_required", url: waiting.invoices[0]!.payUrl });
    assert.equal(waiting.invoices.filter(({ status }) => status === "open").length, 1);
    assert.equal(waiting.subscriptions[0]!.price!.plan, "team");
    assert.deepEqual([dropped.subscriptions[0]!.pending, dropped.invoices[0]!.status], [null, "void"]);
    assert.equal(second.outcome, "action_required");
    assert.deepEqual((await buyer.subscription()).price, PREMIUM);
  },

  "a smaller plan waits for the period's end, can be replaced, and can be dropped": async (
    { gateway, clock },
    buyer,
  ) => {
    const { id: subscriptionId, currentPeriodEnd } = await buyer.buy({ price: PREMIUM });
    const schedule = (price = TEAM) =>
      gateway.scheduleChange({ subscriptionId, price, seats: 1, key: buyer.key() });

    await schedule();
    const { scheduled } = await buyer.subscription();
    await gateway.releaseSchedule(subscriptionId);
    await gateway.releaseSchedule(subscriptionId);
    const dropped = await buyer.subscription();
    await schedule(TEAM_YEARLY);
    await schedule();
    const preview = await gateway.previewChange({
      subscriptionId,
      price: PREMIUM,
      seats: 1,
      at: clock.now(),
    });
    clock.advance(32 * DAY);

    const { subscriptions: [after], invoices: [invoice] } = await buyer.account();
    assert.deepEqual([scheduled!.price, scheduled!.seats, scheduled!.at], [TEAM, 1, currentPeriodEnd]);
    assert.deepEqual([dropped.scheduled, dropped.price], [null, PREMIUM]);
    assert.equal(preview.next.total.amount, 29_00);
    assert.deepEqual([after!.price, after!.scheduled, invoice!.total], [TEAM, null, 29_00]);
  },

  "a smaller plan that waits takes away neither the trial nor the coupon": async (
    { gateway, clock },
    buyer,
  ) => {
    const trialEndsAt = new Date(clock.now().getTime() + 14 * DAY);
    const checkout = await buyer.checkout({ price: PREMIUM, trialEndsAt });
    await buyer.pay(checkout, GOOD_CARD, { coupon: percentOff(50) });
    const { id: subscriptionId } = await buyer.subscription();

    await gateway.scheduleChange({ subscriptionId, price: TEAM, seats: 1, key: buyer.key() });

    const { status, scheduled, trialEndsAt: kept } = await buyer.subscription();
    assert.deepEqual([status, scheduled!.at, kept], ["trialing", trialEndsAt, trialEndsAt]);
    clock.advance(14 * DAY + HOUR);
    const first = await buyer.invoice();
    clock.advance(31 * DAY);
    assert.deepEqual([first.total, (await buyer.invoice()).total], [29_00 / 2, 29_00 / 2]);
  },

  "canceling drops what was scheduled, ends the subscription with its period, and can be undone": async (
    { gateway, clock },
    buyer,
  ) => {
    const { id: subscriptionId, currentPeriodEnd } = await buyer.buy({ price: PREMIUM });
    await gateway.scheduleChange({ subscriptionId, price: TEAM, seats: 1, key: buyer.key() });

    await gateway.cancelAtEnd(subscriptionId);
    const canceled = await buyer.subscription();
    await gateway.keep(subscriptionId);
    await gateway.keep(subscriptionId);
    const kept = await buyer.subscription();
    await gateway.cancelAtEnd(subscriptionId);
    clock.advance(32 * DAY);

    const { subscriptions: [ended], invoices } = await buyer.account();
    assert.deepEqual([canceled.status, canceled.cancelAt, canceled.scheduled], [
      "active",
      currentPeriodEnd,
      null,
    ]);
    assert.deepEqual([kept.cancelAt, kept.canceledAt], [null, null]);
    assert.deepEqual([ended!.status, ended!.endedAt, invoices.length], ["canceled", currentPeriodEnd, 1]);
  },

  "a subscription that ends with its period bills the seats and the usage of it": async (
    { gateway, clock },
    buyer,
  ) => {
    const { id: subscriptionId } = await buyer.buy();
    await gateway.changeSeats({ subscriptionId, seats: 2, key: buyer.key() });
    clock.advance(10 * DAY);
    await usageOf(buyer).report(clock.now(), 1_500);
    await gateway.cancelAtEnd(subscriptionId);
    const preview = await gateway.previewChange({ subscriptionId, price: TEAM, seats: 2, at: clock.now() });
    clock.advance(60 * DAY);

    const { subscriptions: [ended], invoices } = await buyer.account();
    assert.equal(ended!.status, "canceled");
    assert.deepEqual(invoices.map(({ status, total }) => [status, total]), [
      ["paid", 29_00 + 500 * 2],
      ["paid", 29_00],
    ]);
    assert.equal(preview.next.total.amount, invoices[0]!.total);
  },

  "a date that the customer set in the portal can be undone as well": async ({ gateway, play }, buyer) => {
    const { id: subscriptionId, currentPeriodEnd } = await buyer.buy();
    await play(
      buyer.customerId,
      (life) => life.cancelAt(life.state.subscriptions[0]!, currentPeriodEnd.getTime()),
    );
    const canceled = await buyer.subscription();

    await gateway.keep(subscriptionId);

    assert.deepEqual([canceled.cancelAt, (await buyer.subscription()).cancelAt], [currentPeriodEnd, null]);
  },

  "canceling now ends at once, without a refund, and only once": async ({ gateway, clock }, buyer) => {
    const { id: subscriptionId } = await buyer.buy();

    await gateway.cancelNow(subscriptionId);
    await gateway.cancelNow(subscriptionId);
    await gateway.cancelAtEnd(subscriptionId);
    await gateway.keep(subscriptionId);

    const { subscriptions: [ended], invoices: [invoice] } = await buyer.account();
    assert.deepEqual([ended!.status, ended!.endedAt], ["canceled", clock.now()]);
    assert.equal(invoice!.amountRefunded, 0);
  },

  "a refund gives back a part or what is left, and once for a key": async ({ gateway }, buyer) => {
    await buyer.buy();
    const { id: invoiceId } = await buyer.invoice();
    const part = { invoiceId, amount: 9_00, key: buyer.key() };

    const first = await gateway.refund(part);
    await gateway.refund(part);
    const afterPart = (await buyer.invoice()).amountRefunded;
    const rest = await gateway.refund({ invoiceId, amount: null, key: buyer.key() });

    assert.deepEqual(first, { amount: 9_00, currency: "usd" });
    assert.deepEqual([afterPart, rest.amount], [9_00, 20_00]);
    const { amountRefunded, status } = await gateway.fetchInvoice(invoiceId);
    assert.deepEqual([amountRefunded, status], [29_00, "paid"]);
  },

  "usage above the allowance is billed with the period, and a total replaces the one before": async (
    { clock, gateway },
    buyer,
  ) => {
    await buyer.buy();
    const usage = usageOf(buyer);
    clock.advance(10 * DAY);
    await usage.report(clock.now(), 900);
    await usage.report(clock.now(), 1_400);
    await usage.report(clock.now(), 1_500);
    await usage.report(clock.now(), 1_500);
    clock.advance(22 * DAY);

    const { lines, total } = await buyer.invoice();
    assert.equal(total, 29_00 + 500 * 2);
    assert.equal(sumOf(lines), total);
    assert.equal(gateway.isLive, false);
  },

  "S75 usage that arrives twice, 25 hours apart, after its invoice is counted once and billed on the next":
    async (
      { clock },
      buyer,
    ) => {
      await buyer.buy();
      const usage = usageOf(buyer);
      clock.advance(10 * DAY);
      const hour = clock.now();
      await usage.report(hour, 1_500);
      clock.advance(22 * DAY);
      const billed = await buyer.invoice();
      await usage.report(hour, 1_600);
      clock.advance(25 * HOUR);
      await usage.report(hour, 1_600);
      clock.advance(30 * DAY);

      const { invoices } = await buyer.account();
      const after = await buyer.bench.gateway.fetchInvoice(billed.id);
      assert.deepEqual([billed.total, after.total], [29_00 + 1_000, 29_00 + 1_000]);
      assert.deepEqual(invoices.map(({ total }) => total), [29_00 + 200, 29_00 + 1_000, 29_00]);
    },

  "late usage within the allowance of its period costs nothing, and what follows costs its part": async (
    { clock },
    buyer,
  ) => {
    await buyer.buy();
    const usage = usageOf(buyer);
    clock.advance(10 * DAY);
    const [hour, next] = [clock.now(), new Date(clock.now().getTime() + HOUR)];
    clock.advance(22 * DAY);
    await usage.report(hour, 700);
    await usage.report(next, 250);
    await usage.report(next, 350);
    await usage.report(next, 360);
    clock.advance(31 * DAY);

    assert.equal((await buyer.invoice()).total, 29_00 + 60 * 2);
  },

  "a year includes the allowance of twelve months": async ({ clock }, buyer) => {
    await buyer.buy({ price: TEAM_YEARLY });
    const usage = usageOf(buyer);
    clock.advance(DAY);
    await usage.report(clock.now(), 12_500);
    clock.advance(366 * DAY);

    assert.equal((await buyer.invoice()).total, 290_00 + 500 * 2);
  },

  "S74 periods are counted from their anchor": async ({ clock }, buyer) => {
    const goTo = (day: string) => clock.advance(Date.parse(day) - clock.now().getTime());
    goTo("2027-01-31T10:00:00Z");
    const monthly = [(await buyer.buy()).currentPeriodEnd];
    for (const day of ["2027-03-01", "2027-04-01"]) {
      goTo(`${day}T00:00:00Z`);
      monthly.push((await buyer.subscription()).currentPeriodEnd);
    }
    goTo("2028-02-29T10:00:00Z");
    const other = await Buyer.open(buyer.bench);
    const yearly = [(await other.buy({ price: TEAM_YEARLY })).currentPeriodEnd];
    goTo("2031-06-01T00:00:00Z");
    yearly.push((await other.subscription()).currentPeriodEnd);

    const days = [...monthly, ...yearly].map((moment) => moment.toISOString().slice(0, 10));
    assert.deepEqual(days, ["2027-02-28", "2027-03-31", "2027-04-30", "2029-02-28", "2032-02-29"]);
  },

  "the portal has an address of its own": async ({ gateway }, { customerId }) => {
    const { url } = await gateway.openPortal({ customerId, returnUrl: "https://acme.example.com/billing" });

    assert.match(url, /^https?:\/\//);
  },

  "what the gateway doesn't know is not found": async ({ gateway }, buyer) => {
    const subscriptionId = "sub_aaaaaaaaaaaaaaaa_99";
    const invoiceId = "in_aaaaaaaaaaaaaaaa_99";
    const order = { subscriptionId, price: TEAM, seats: 1, at: new Date("2026-03-02T09:00:00Z") };
    const calls: (() => Promise<unknown>)[] = [
      () => gateway.fetchAccount("cus_aaaaaaaaaaaaaaaa"),
      () => gateway.fetchInvoice(invoiceId),
      () => gateway.payInvoice(invoiceId),
      () => gateway.voidInvoice(invoiceId),
      () => gateway.refund({ invoiceId, amount: null, key: buyer.key() }),
      () => gateway.expireCheckout("cs_aaaaaaaaaaaaaaaa_99"),
      () => gateway.previewChange(order),
      () => gateway.change({ ...order, key: buyer.key() }),
      () => gateway.changeSeats({ subscriptionId, seats: 2, key: buyer.key() }),
      () => gateway.scheduleChange({ ...order, key: buyer.key() }),
      () => gateway.releaseSchedule(subscriptionId),
      () => gateway.cancelAtEnd(subscriptionId),
      () => gateway.cancelNow(subscriptionId),
      () => gateway.keep(subscriptionId),
    ];

    for (const call of calls) await assert.rejects(call, { kind: "not_found" }, String(call));
  },

  "the catalog is in step": async ({ gateway }) => {
    assert.deepEqual(await gateway.diffCatalog(CATALOG), []);
  },
};

function sumOf(lines: readonly { amount: number }[]): number {
  return lines.reduce((sum, { amount }) => sum + amount, 0);
}

/** Compute minutes by the hour, as the product keeps them. */
function usageOf({ bench: { gateway }, customerId }: Buyer) {
  const totals = new Map<number, number>();
  return {
    async report(moment: Date, total: number): Promise<void> {
      const hour = new Date(Math.floor(moment.getTime() / HOUR) * HOUR);
      totals.set(hour.getTime(), total);
      const usedBetween = (_metric: string, from: Date, until: Date) =>
        Promise.resolve(
          [...totals].reduce(
            (sum, [at, used]) => at >= from.getTime() && at < until.getTime() ? sum + used : sum,
            0,
          ),
        );
      const hours = [{ metric: "compute_minutes", hour, total }];
      await gateway.reportUsage({ customerId, hours, usedBetween });
    },
  };
}
