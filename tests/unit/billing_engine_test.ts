// The engine plays what a payment gateway does with a customer: it decides every test and the sandbox.
import { array, assert as property, constantFrom, integer, property as forAll, record } from "fast-check";
import assert from "node:assert/strict";
import { testCard } from "../../src/billing/engine/cards.ts";
import { dueOf } from "../../src/billing/engine/ledger.ts";
import { type Life, live } from "../../src/billing/engine/engine.ts";
import {
  type Coupon,
  type CustomerState,
  type EngineEvent,
  newCustomer,
} from "../../src/billing/engine/state.ts";
import type { CatalogMetric } from "../../src/billing/gateway/gateway.ts";
import type { Price } from "../../src/billing/prices.ts";
import { DAY, HOUR } from "../../src/platform/clock.ts";

const START = Date.parse("2026-01-31T10:00:00Z");
const TEAM: Price = { plan: "team", version: 1, cycle: "monthly", currency: "usd" };
const TEAM_YEARLY: Price = { ...TEAM, cycle: "yearly" };
const PREMIUM: Price = { ...TEAM, plan: "premium" };
const METRICS: CatalogMetric[] = [{
  key: "compute_minutes",
  name: "Compute minutes",
  overage: [{ plan: "team", version: 1, included: 1_000, price: 2 }],
}];

/** Where a subscription may go from each status (https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses). */
const NEXT_STATUSES: Readonly<Record<string, readonly string[]>> = {
  incomplete: ["trialing", "active", "incomplete_expired"],
  trialing: ["active", "past_due", "canceled"],
  active: ["past_due", "canceled"],
  past_due: ["active", "canceled"],
  incomplete_expired: [],
  canceled: [],
};

/** A customer whose story is told step by step. */
class Story {
  state: CustomerState = newCustomer("cus_1", { name: "Acme", email: "billing@acme.example", now: START });
  events: EngineEvent[] = [];

  at<T>(moment: number, work: (life: Life) => T): T {
    const { state, events, result } = live(this.state, METRICS, moment, work);
    this.state = state;
    this.events.push(...events);
    return result;
  }

  until(moment: number): void {
    this.at(moment, () => {});
  }

  buy(
    number: string,
    {
      price = TEAM,
      trialEndsAt = null as number | null,
      coupon = null as Coupon | null,
      at = START,
      key = "one",
      seats = 1,
    } = {},
  ) {
    return this.at(at, (life) => {
      const order = { price, seats, key, trialEndsAt, successUrl: "/", cancelUrl: "/" };
      return life.payCheckout(life.openCheckout(order), card(number), { coupon });
    });
  }

  get subscription() {
    return this.state.subscriptions.at(-1)!;
  }

  get invoice() {
    return this.state.invoices.at(-1)!;
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }
}

const percentOff = (percent: number): Coupon => ({ off: { percent }, duration: "forever", endsAt: null });
const card = (number: string) => testCard(number, { expiryMonth: 12, expiryYear: 2030 })!;
/** By one step or several, since more than one thing may happen between two looks. */
const canBecome = (from: string, to: string, passed: readonly string[] = []): boolean =>
  NEXT_STATUSES[from]!.some((next) =>
    next === to || (!passed.includes(next) && canBecome(next, to, [...passed, next]))
  );
const dayOf = (moment: number) => new Date(moment).toISOString().slice(0, 10);

Deno.test("a good card buys the plan, and each month is charged at its day", () => {
  const story = new Story();

  story.buy("4242 4242 4242 4242");
  story.until(Date.parse("2026-05-01T00:00:00Z"));

  assert.equal(story.subscription.status, "active");
  assert.deepEqual(
    story.state.invoices.map(({ total, status }) => [total, status]),
    Array(4).fill([2_900, "paid"]),
  );
  assert.deepEqual(story.state.invoices.map(({ createdAt }) => dayOf(createdAt)), [
    "2026-01-31",
    "2026-02-28",
    "2026-03-31",
    "2026-04-30",
  ]);
});

Deno.test("a declined card buys nothing, and the checkout stays open for another card", () => {
  const story = new Story();

  const declined = story.buy("4000 0000 0000 0002");
  const paid = story.buy("4242 4242 4242 4242");

  assert.deepEqual(declined, { outcome: "declined", reason: "The card was declined." });
  assert.equal(paid.outcome, "paid");
  assert.equal(story.state.subscriptions.length, 1);
});

Deno.test("a checkout that is paid twice is one subscription and one charge", () => {
  const story = new Story();

  const outcomes = [story.buy("4242424242424242"), story.buy("4242424242424242")];

  assert.deepEqual(outcomes, [{ outcome: "paid" }, { outcome: "paid" }]);
  assert.deepEqual(story.state.invoices.map(({ amountPaid }) => amountPaid), [2_900]);
});

Deno.test("a checkout that expired takes no card", () => {
  const story = new Story();

  const paid = story.at(START, (life) => {
    const order = { price: TEAM, seats: 1, key: "one", trialEndsAt: null, successUrl: "/", cancelUrl: "/" };
    const checkout = life.openCheckout(order);
    life.expireCheckout(checkout);
    return life.payCheckout(checkout, card("4242424242424242"));
  });

  assert.deepEqual(paid, { outcome: "declined", reason: "This checkout has expired." });
  assert.equal(story.state.subscriptions.length, 0);
});

Deno.test("another card in the same checkout takes the place of a payment that nobody confirmed", () => {
  const story = new Story();
  story.buy("4000 0025 0000 3155");

  story.buy("4242424242424242");
  story.at(
    START + HOUR,
    (life) => life.state.invoices.forEach((each) => life.answerConfirmation(each, true)),
  );

  assert.deepEqual(story.state.subscriptions.map(({ status }) => status), ["incomplete_expired", "active"]);
  assert.deepEqual(story.state.invoices.map(({ status, amountPaid }) => [status, amountPaid]), [
    ["void", 0],
    ["paid", 2_900],
  ]);
});

Deno.test("S70 a payment that nobody confirms leaves the subscription incomplete, and expired after 23 hours", () => {
  const story = new Story();

  const asked = story.buy("4000 0025 0000 3155");
  story.until(START + 22 * HOUR);
  const during = story.subscription.status;
  story.until(START + 24 * HOUR);

  assert.equal(asked.outcome, "action_required");
  assert.equal(during, "incomplete");
  assert.equal(story.subscription.status, "incomplete_expired");
  assert.equal(story.invoice.status, "void");
  assert.equal(story.buy("4242424242424242", { at: START + 25 * HOUR, key: "two" }).outcome, "paid");
});

Deno.test("a confirmed payment completes the checkout, and renewals need no confirmation", () => {
  const story = new Story();

  story.buy("4000 0025 0000 3155");
  story.at(START + HOUR, (life) => life.answerConfirmation(life.state.invoices[0]!, true));
  story.until(Date.parse("2026-03-05T00:00:00Z"));

  assert.equal(story.subscription.status, "active");
  assert.deepEqual(story.state.invoices.map(({ status }) => status), ["paid", "paid"]);
  assert.ok(story.types().includes("checkout.session.completed"));
});

Deno.test("a trial charges nothing, and the plan's price when it ends", () => {
  const story = new Story();
  const trialEndsAt = START + 14 * DAY;

  story.buy("4242424242424242", { trialEndsAt });
  const during = story.subscription.status;
  story.until(trialEndsAt + HOUR);

  assert.equal(during, "trialing");
  assert.equal(story.subscription.status, "active");
  assert.deepEqual(story.state.invoices.map(({ total }) => total), [0, 2_900]);
  assert.equal(dayOf(story.subscription.periodEnd), "2026-03-14");
});

Deno.test("a renewal that fails is past due, is tried four more times, and then ends the subscription", () => {
  const story = new Story();
  story.buy("4000 0000 0000 0341");
  const renewal = Date.parse("2026-02-28T10:00:00Z");

  story.until(renewal + HOUR);
  const first = story.subscription.status;
  story.until(renewal + 22 * DAY);

  assert.equal(first, "past_due");
  assert.equal(story.subscription.status, "canceled");
  assert.equal(story.invoice.attempts, 5);
  assert.equal(story.invoice.status, "open");
});

Deno.test("a new card pays the open invoice, and the subscription recovers", () => {
  const story = new Story();
  story.buy("4000 0000 0000 0341");

  story.at(Date.parse("2026-03-02T00:00:00Z"), (life) => {
    life.attachCard(card("4242424242424242"));
    return life.pay(life.state.invoices.at(-1)!, { isPresent: true });
  });

  assert.equal(story.subscription.status, "active");
});

Deno.test("S75 an invoice that is paid after the subscription ended doesn't bring it back", () => {
  const story = new Story();
  story.buy("4000 0000 0000 0341");

  const paid = story.at(Date.parse("2026-04-20T00:00:00Z"), (life) => {
    life.attachCard(card("4242424242424242"));
    return life.pay(life.state.invoices.at(-1)!);
  });

  assert.equal(paid.outcome, "paid");
  assert.equal(story.subscription.status, "canceled");
});

Deno.test("an upgrade charges the difference for the rest of the period, by the second", () => {
  const story = new Story();
  story.buy("4242424242424242");
  const middle = START + 14 * DAY; // of 28

  story.at(
    middle,
    (life) => life.changeNow(life.state.subscriptions[0]!, { price: PREMIUM, seats: 1 }, middle),
  );

  assert.deepEqual(story.invoice.lines.map(({ amount }) => amount), [-1_450, 4_950]);
  assert.equal(story.invoice.total, 3_500);
  assert.equal(story.subscription.price.plan, "premium");
  assert.equal(dayOf(story.subscription.periodEnd), "2026-02-28");
});

Deno.test("an upgrade that the bank refuses leaves the old plan, and is dropped after 23 hours", () => {
  const story = new Story();
  story.buy("4242424242424242");
  const at = START + DAY;

  const refused = story.at(at, (life) => {
    life.attachCard(card("4000000000009995"));
    return life.changeNow(life.state.subscriptions[0]!, { price: PREMIUM, seats: 1 }, at);
  });
  story.until(at + DAY);

  assert.deepEqual(refused, { outcome: "declined", reason: "The card has insufficient funds." });
  assert.equal(story.subscription.price.plan, "team");
  assert.equal(story.subscription.pending, null);
  assert.equal(story.invoice.status, "void");
});

Deno.test("a refused upgrade gives back the credit that it used, and the lines of earlier seats wait again", () => {
  const story = new Story();
  story.buy("4242424242424242", { price: TEAM_YEARLY, seats: 3 });
  const subscription = (life: Life) => life.state.subscriptions[0]!;
  story.at(START, (life) => life.changeNow(subscription(life), { price: TEAM_YEARLY, seats: 1 }, START));
  story.at(START, (life) => life.changeSeats(subscription(life), 2));
  const before = { credit: story.state.credit, lines: story.subscription.waitingLines };

  const refused = story.at(START, (life) => {
    life.attachCard(card("4000000000009995"));
    const premium = { price: { ...PREMIUM, cycle: "yearly" }, seats: 2 } as const;
    return life.changeNow(subscription(life), premium, START);
  });
  const during = { credit: story.state.credit, lines: story.subscription.waitingLines };
  story.until(START + DAY);

  assert.equal(refused.outcome, "declined");
  assert.deepEqual(during, { credit: 0, lines: [] });
  assert.equal(before.credit, 58_000);
  assert.deepEqual({ credit: story.state.credit, lines: story.subscription.waitingLines }, before);
});

Deno.test("an upgrade charges earlier changes of seats as well, once", () => {
  const story = new Story();
  story.buy("4242424242424242");
  const middle = START + 14 * DAY; // of 28

  story.at(middle, (life) => {
    const [subscription] = life.state.subscriptions as [typeof life.state.subscriptions[number]];
    life.changeSeats(subscription, 2);
    life.changeNow(subscription, { price: PREMIUM, seats: 2 }, middle);
  });
  const upgrade = story.invoice.total;
  story.until(Date.parse("2026-03-01T00:00:00Z"));

  assert.equal(upgrade, 1_450 + (2 * 9_900 - 2 * 2_900) / 2);
  assert.equal(story.invoice.total, 2 * 9_900);
});

Deno.test("credit in dollars pays nothing in yen", () => {
  const story = new Story();
  story.buy("4242424242424242", { price: TEAM_YEARLY, seats: 3 });
  story.at(
    START,
    (life) => life.changeNow(life.state.subscriptions[0]!, { price: TEAM_YEARLY, seats: 1 }, START),
  );

  story.at(
    START,
    (life) => life.chargeOnce({ amount: 3_000, currency: "jpy", description: "Onboarding", key: "one" }),
  );

  assert.deepEqual([story.invoice.amountPaid, story.invoice.creditUsed], [3_000, 0]);
  assert.equal(story.state.credit, 58_000);
});

Deno.test("what a coupon paid gives no credit when it isn't used", () => {
  const story = new Story();
  story.buy("4242424242424242", { price: TEAM_YEARLY, seats: 4, coupon: percentOff(50) });

  story.at(
    START,
    (life) => life.changeNow(life.state.subscriptions[0]!, { price: TEAM_YEARLY, seats: 2 }, START),
  );

  assert.equal(story.state.credit, 2 * 29_000 / 2);
});

Deno.test("a change to yearly credits the rest of the month and starts a year", () => {
  const story = new Story();
  story.buy("4242424242424242");
  const at = START + 14 * DAY;

  story.at(at, (life) => life.changeNow(life.state.subscriptions[0]!, { price: TEAM_YEARLY, seats: 1 }, at));

  assert.equal(story.invoice.total, 29_000 - 1_450);
  assert.equal(dayOf(story.subscription.periodEnd), "2027-02-14");
});

Deno.test("a downgrade waits for the period's end", () => {
  const story = new Story();
  story.buy("4242424242424242", { price: PREMIUM });

  story.at(START + DAY, (life) => life.schedule(life.state.subscriptions[0]!, { price: TEAM, seats: 1 }));
  story.until(Date.parse("2026-02-27T00:00:00Z"));
  const before = story.subscription.price.plan;
  story.until(Date.parse("2026-03-01T00:00:00Z"));

  assert.equal(before, "premium");
  assert.equal(story.subscription.price.plan, "team");
  assert.equal(story.invoice.total, 2_900);
});

Deno.test("a cancellation ends the subscription with its period, and can be undone before", () => {
  const story = new Story();
  story.buy("4242424242424242");
  const subscription = (life: Life) => life.state.subscriptions[0]!;

  story.at(START + DAY, (life) => life.cancelAtEnd(subscription(life)));
  story.at(START + 2 * DAY, (life) => life.keep(subscription(life)));
  story.until(Date.parse("2026-03-01T00:00:00Z"));
  const kept = story.subscription.status;
  story.at(Date.parse("2026-03-02T00:00:00Z"), (life) => life.cancelAtEnd(subscription(life)));
  story.until(Date.parse("2026-04-01T00:00:00Z"));

  assert.equal(kept, "active");
  assert.equal(story.subscription.status, "canceled");
  assert.equal(dayOf(story.subscription.endedAt!), "2026-03-31");
  assert.equal(story.state.invoices.length, 2);
});

Deno.test("three changes of seats in a period are charged with one invoice at its end", () => {
  const story = new Story();
  story.buy("4242424242424242");

  for (const [days, seats] of [[7, 2], [14, 4], [21, 3]] as const) {
    story.at(START + days * DAY, (life) => life.changeSeats(life.state.subscriptions[0]!, seats));
  }
  story.until(Date.parse("2026-03-01T00:00:00Z"));

  assert.equal(story.state.invoices.length, 2);
  // a quarter of a month with 1 more, one with 3 more, one with 2 more, and the next month with 3 seats
  assert.equal(story.invoice.total, 2_900 * (1 + 3 + 2) / 4 + 3 * 2_900);
});

Deno.test("a coupon of 100 % makes free invoices, and the plan stays active", () => {
  const story = new Story();

  story.buy("4242424242424242", { coupon: percentOff(100) });
  story.until(Date.parse("2026-03-05T00:00:00Z"));

  assert.equal(story.subscription.status, "active");
  assert.deepEqual(story.state.invoices.map(({ total, status }) => [total, status]), [[0, "paid"], [
    0,
    "paid",
  ]]);
});

Deno.test("a coupon for one invoice waits for the first one with an amount", () => {
  const story = new Story();
  const trialEndsAt = START + 14 * DAY;

  story.buy("4242424242424242", {
    trialEndsAt,
    coupon: { off: { amount: 1_000 }, duration: "once", endsAt: null },
  });
  story.until(START + 50 * DAY);

  assert.deepEqual(story.state.invoices.map(({ total }) => total), [0, 1_900, 2_900]);
  assert.ok(story.types().includes("customer.discount.deleted"));
});

Deno.test("a coupon of an amount never makes an invoice negative", () => {
  const story = new Story();

  story.buy("4242424242424242", {
    coupon: { off: { amount: 5_000 }, duration: "forever", endsAt: null },
  });

  assert.deepEqual([story.invoice.total, story.state.credit], [0, 0]);
});

Deno.test("S75 usage above the allowance is billed once, also if it is reported again after the invoice", () => {
  const story = new Story();
  story.buy("4242424242424242");
  const hour = "2026-02-10T08:00:00.000Z";

  story.at(START + 20 * DAY, (life) => life.setUsage("compute_minutes", hour, 1_500));
  story.until(Date.parse("2026-03-01T12:00:00Z"));
  const billed = story.invoice.total;
  story.at(Date.parse("2026-03-02T12:00:00Z"), (life) => life.setUsage("compute_minutes", hour, 1_500));
  story.at(
    Date.parse("2026-03-03T12:00:00Z"),
    (life) => life.setUsage("compute_minutes", "2026-02-11T08:00:00.000Z", 100),
  );
  story.until(Date.parse("2026-04-01T00:00:00Z"));

  assert.equal(billed, 2_900 + 500 * 2);
  assert.equal(story.invoice.total, 2_900 + 100 * 2);
});

Deno.test("late usage is billed by the plan of its own period", () => {
  const story = new Story();
  story.buy("4242424242424242", { price: PREMIUM });
  const hour = "2026-02-10T08:00:00.000Z";
  story.at(START + DAY, (life) => life.schedule(life.state.subscriptions[0]!, { price: TEAM, seats: 1 }));

  story.at(Date.parse("2026-03-02T00:00:00Z"), (life) => life.setUsage("compute_minutes", hour, 9_000));
  story.until(Date.parse("2026-04-01T00:00:00Z"));

  assert.deepEqual(story.state.invoices.map(({ total }) => total), [9_900, 2_900, 2_900]);
});

Deno.test("usage before a change to yearly is billed with the month's allowance", () => {
  const story = new Story();
  story.buy("4242424242424242");
  const at = START + 14 * DAY;
  story.at(at, (life) => {
    life.setUsage("compute_minutes", "2026-02-10T08:00:00.000Z", 1_500);
    life.changeNow(life.state.subscriptions[0]!, { price: TEAM_YEARLY, seats: 1 }, at);
  });

  story.until(Date.parse("2027-02-15T00:00:00Z"));

  assert.equal(story.invoice.total, 29_000 + 500 * 2);
});

Deno.test("a subscription that ends with its period owes the seats and the usage of it", () => {
  const story = new Story();
  story.buy("4242424242424242");
  const middle = START + 14 * DAY; // of 28
  story.at(middle, (life) => {
    const [subscription] = life.state.subscriptions as [typeof life.state.subscriptions[number]];
    life.changeSeats(subscription, 3);
    life.setUsage("compute_minutes", "2026-02-10T08:00:00.000Z", 1_500);
    life.cancelAtEnd(subscription);
  });
  const next = story.at(middle, (life) => life.nextLines(life.state.subscriptions[0]!));

  story.until(Date.parse("2026-06-01T00:00:00Z"));

  assert.equal(story.subscription.status, "canceled");
  assert.deepEqual(story.invoice.lines, next);
  assert.deepEqual(story.state.invoices.map(({ total, status }) => [total, status]), [
    [2_900, "paid"],
    [2 * 1_450 + 500 * 2, "paid"],
  ]);
});

Deno.test("a last invoice that fails stays open, and the subscription stays ended", () => {
  const story = new Story();
  story.buy("4000 0000 0000 0341");
  story.at(START + DAY, (life) => {
    life.changeSeats(life.state.subscriptions[0]!, 3);
    life.cancelAtEnd(life.state.subscriptions[0]!);
  });

  story.until(Date.parse("2026-06-01T00:00:00Z"));

  assert.equal(story.subscription.status, "canceled");
  assert.deepEqual([story.invoice.status, story.invoice.attempts, story.invoice.nextAttemptAt], [
    "open",
    1,
    null,
  ]);
});

Deno.test("a trial that is canceled owes nothing, whatever was used", () => {
  const story = new Story();
  const trialEndsAt = START + 14 * DAY;
  story.buy("4242424242424242", { trialEndsAt });

  story.at(START + 11 * DAY, (life) => {
    life.setUsage("compute_minutes", "2026-02-10T08:00:00.000Z", 5_000);
    life.cancelAtEnd(life.state.subscriptions[0]!);
  });
  story.until(trialEndsAt + DAY);

  assert.deepEqual(story.state.invoices.map(({ total }) => total), [0]);
});

Deno.test("a refund gives back a part, then the rest, and each key once", () => {
  const story = new Story();
  story.buy("4242424242424242");

  const given = story.at(START + DAY, (life) => {
    const [invoice] = life.state.invoices as [typeof life.state.invoices[number]];
    return [life.refund(invoice, 900, "a"), life.refund(invoice, 900, "a"), life.refund(invoice, null, "b")];
  });

  assert.deepEqual(given, [900, 900, 2_000], "a repeated key gets the first answer");
});

Deno.test("whatever a customer does, the books are right and the same steps give the same state", () => {
  const numbers = [
    "4242424242424242",
    "4000000000000002",
    "4000002500003155",
    "4000000000000341",
    "4000000000009995",
  ];
  const step = record({
    days: integer({ min: 0, max: 40 }),
    action: constantFrom(
      "buy",
      "upgrade",
      "downgrade",
      "yearly",
      "cancel",
      "keep",
      "seats",
      "card",
      "confirm",
      "refund",
      "usage",
    ),
    number: constantFrom(...numbers),
    seats: integer({ min: 1, max: 9 }),
  });
  property(
    forAll(array(step, { maxLength: 12 }), (steps) => {
      const play = (watch = (_: CustomerState) => {}) => {
        const story = new Story();
        let now = START;
        steps.forEach(({ days, action, number, seats }, index) => {
          now += days * DAY;
          story.at(now, (life) => {
            const subscription = life.state.subscriptions.find(({ endedAt, status }) =>
              endedAt === null && status !== "incomplete"
            );
            const order = {
              price: TEAM,
              seats,
              key: String(index),
              trialEndsAt: null,
              successUrl: "/",
              cancelUrl: "/",
            };
            if (action === "buy") return void life.payCheckout(life.openCheckout(order), card(number));
            if (action === "card") return life.attachCard(card(number));
            if (action === "confirm") {
              return void life.state.invoices.forEach((invoice) => life.answerConfirmation(invoice, true));
            }
            if (action === "refund") {
              return void life.state.invoices.forEach((invoice) => life.refund(invoice, 500, String(index)));
            }
            if (action === "usage") {
              return life.setUsage("compute_minutes", new Date(now).toISOString(), seats * 400);
            }
            if (!subscription) {
              return;
            }
            if (action === "upgrade") {
              return void life.changeNow(subscription, { price: PREMIUM, seats }, now);
            }
            if (action === "yearly") {
              return void life.changeNow(subscription, { price: TEAM_YEARLY, seats }, now);
            }
            if (action === "downgrade") {
              return life.schedule(subscription, { price: TEAM, seats });
            }
            if (action === "cancel") return life.cancelAtEnd(subscription);
            if (action === "keep") return life.keep(subscription);
            return life.changeSeats(subscription, seats);
          });
          watch(story.state);
        });
        return story;
      };

      const seen = new Map<string, string>();
      const story = play(({ subscriptions }) => {
        for (const { id, status, endedAt } of subscriptions) {
          const before = seen.get(id);
          assert.ok(!before || before === status || canBecome(before, status), `${before} became ${status}`);
          assert.equal(endedAt !== null, NEXT_STATUSES[status]!.length === 0);
          seen.set(id, status);
        }
      });

      assert.deepEqual(play().state, story.state);
      assert.equal(new Set(story.events.map(({ id }) => id)).size, story.events.length);
      assert.ok(story.events.every(({ at }, index) => index === 0 || at >= story.events[index - 1]!.at));
      for (const invoice of story.state.invoices) {
        const sum = invoice.lines.reduce((total, { amount }) => total + amount, 0);
        assert.equal(invoice.total, sum);
        assert.ok(invoice.amountRefunded <= invoice.amountPaid);
        if (invoice.status === "paid") {
          assert.equal(invoice.amountPaid + invoice.creditUsed, Math.max(0, invoice.total));
        } else assert.equal(invoice.amountPaid, 0);
        assert.equal(dueOf(invoice) > 0, invoice.status === "open" && invoice.total > invoice.creditUsed);
      }
      const given = story.state.invoices.reduce((sum, { total }) => sum + Math.max(0, -total), 0);
      const used = story.state.invoices.reduce((sum, { creditUsed }) => sum + creditUsed, 0);
      assert.equal(story.state.credit, given - used);
      assert.ok(story.state.credit >= 0);
      for (const { status, endedAt, periodStart, periodEnd } of story.state.subscriptions) {
        assert.equal(endedAt !== null, ["canceled", "incomplete_expired"].includes(status));
        assert.ok(periodStart < periodEnd);
      }
    }),
    { numRuns: 300 },
  );
});
