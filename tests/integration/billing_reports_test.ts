// Protects: what the back office says about revenue is what the movements say, month by month and currency by currency.
import { array, assert as property, asyncProperty, constantFrom, integer, record } from "fast-check";
import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import {
  billingAccounts,
  billingEvents,
  billingInvoices,
  billingMovements,
} from "../../db/control/schema/billing.ts";
import type { Life } from "../../src/billing/engine/engine.ts";
import type { Coupon } from "../../src/billing/engine/state.ts";
import { getBillingReport } from "../../src/billing/reports.ts";
import { getBillingToday } from "../../src/billing/reports_today.ts";
import { startTrial } from "../../src/billing/trials.ts";
import { DAY, HOUR, MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { card, Customer, FAILS_LATER, GOOD_CARD } from "../support/billing.ts";
import { StripeWorld } from "../support/stripe_world.ts";
import { World } from "../support/world.ts";

const GATEWAYS = {
  sandbox: async () => {
    const world = await World.open();
    const customer = await Customer.open(world);
    return {
      customer,
      pay: (checkoutId: string, coupon: Coupon) =>
        payWith((id, work) => customer.sandbox.play(id, work), customer, checkoutId, coupon),
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
  stripe: async () => {
    const stripe = await StripeWorld.open();
    const customer = await Customer.open(stripe.world);
    return {
      customer,
      pay: (checkoutId: string, coupon: Coupon) =>
        payWith((id, work) => stripe.double.play(id, work), customer, checkoutId, coupon),
      [Symbol.asyncDispose]: () => stripe[Symbol.asyncDispose](),
    };
  },
};

for (const [gateway, open] of Object.entries(GATEWAYS)) {
  for (
    const [title, off, revenue] of [
      ["100 %", { percent: 100 }, 0],
      ["25 %", { percent: 25 }, 21_75],
      ["nine dollars", { amount: 9_00 }, 20_00],
    ] as const
  ) {
    Deno.test(`${gateway}: a coupon of ${title} takes its part of the monthly revenue while it lasts`, async () => {
      await using opened = await open();
      const { customer } = opened;
      const endsAt = customer.world.clock.now().getTime() + 45 * DAY;

      await opened.pay(await customer.checkout(), { off, duration: "repeating", endsAt });
      await customer.sync();
      const during = await revenueNow(customer);
      await customer.pass(46);

      assert.equal(during, revenue);
      assert.equal(await revenueNow(customer), 29_00);
      assert.deepEqual(await customer.movements(), ["subscribed", "upgraded"]);
    });
  }

  Deno.test(`${gateway}: a coupon for one invoice takes nothing off the monthly revenue`, async () => {
    await using opened = await open();
    const { customer } = opened;

    await opened.pay(await customer.checkout(), { off: { percent: 50 }, duration: "once", endsAt: null });
    await customer.sync();

    assert.equal(await revenueNow(customer), 29_00);
  });
}

Deno.test("a free subscription that ends is no churn: it was no part of what was paid", async () => {
  await using opened = await GATEWAYS.sandbox();
  const { customer } = opened;
  const { system } = customer.world;
  await opened.pay(await customer.checkout({ billingCycle: "yearly" }), {
    off: { percent: 100 },
    duration: "forever",
    endsAt: null,
  });
  await customer.sync();

  await customer.sandbox.play((await customer.account()).customerId!, (life) => {
    life.cancelNow(life.state.subscriptions[0]!);
  });
  await customer.sync();

  const { currencies } = await getBillingReport(system);
  assert.deepEqual(await customer.movements(), ["subscribed", "canceled"]);
  assert.deepEqual(currencies[0]!.months.at(-1)!.churned, { accounts: 0, revenue: 0 });
});

async function payWith(
  play: (customerId: string, work: (life: Life) => void) => Promise<void>,
  customer: Customer,
  checkoutId: string,
  coupon: Coupon,
): Promise<void> {
  await play((await customer.account()).customerId!, (life) => {
    const checkout = life.state.checkouts.find(({ id }) => id === checkoutId)!;
    life.payCheckout(checkout, card(GOOD_CARD), { coupon });
  });
}

/** What the back office says that the customer brings a month. */
async function revenueNow({ world }: Customer): Promise<number> {
  const { paying } = await getBillingToday(world.system);
  const { currencies } = await getBillingReport(world.system);
  const [{ revenue } = { revenue: 0 }] = paying;
  assert.equal(currencies[0]!.months.at(-1)!.closing.revenue, revenue);
  return revenue;
}

type Movement = typeof billingMovements.$inferInsert;
type Kind = Movement["kind"];

/** The test clock stands in March 2026. */
const NOW = "2026-03-02T09:00:00Z";

Deno.test("every figure of a history of five accounts is what one computes by hand", async () => {
  await using world = await World.open();
  setClock(world);
  const [ada, ben, cleo, dan, eve] = await addAccounts(world, 5);
  await addMovements(world, [
    // Ada tries in December, pays in January, pays more in February.
    [ada!, "trial_started", "2025-12-20", 0, 0],
    [ada!, "subscribed", "2026-01-03", 0, 2_900],
    [ada!, "upgraded", "2026-02-10", 2_900, 9_900],
    [ada!, "refunded", "2026-02-11", 0, -1_000],
    // Ben has paid since before the report, and leaves at the last moment of January.
    [ben!, "subscribed", "2024-06-01", 0, 9_900],
    [ben!, "payment_failed", "2026-01-05", 9_900, 9_900],
    [ben!, "canceled", "2026-01-31T23:59:59.999Z", 9_900, 0],
    // Cleo's trial ends in January. She comes by herself in February, which converts no trial.
    [cleo!, "trial_started", "2025-12-28", 0, 0],
    [cleo!, "trial_ended", "2026-01-11", 0, 0],
    [cleo!, "subscribed", "2026-02-01T00:00:00Z", 0, 2_900],
    // Dan pays in euros, fails, and recovers.
    [dan!, "subscribed", "2025-11-15", 0, 2_500, "eur"],
    [dan!, "payment_failed", "2026-02-15", 2_500, 2_500, "eur"],
    [dan!, "payment_recovered", "2026-02-16", 2_500, 2_500, "eur"],
    // Eve comes back after a month.
    [eve!, "subscribed", "2025-10-01", 0, 2_900],
    [eve!, "canceled", "2025-12-31", 2_900, 0],
    [eve!, "resubscribed", "2026-02-20", 0, 2_417],
  ]);

  const { months, currencies } = await getBillingReport(world.system);

  const of = (month: string) => months.find((each) => each.month === month);
  const index = months.findIndex(({ month }) => month === "2026-01");
  const [eur, usd] = currencies;
  assert.deepEqual([months[0]!.month, months.at(-1)!.month, months.length], ["2025-04", "2026-03", 12]);
  assert.deepEqual(currencies.map(({ currency }) => currency), ["eur", "usd"]);
  assert.deepEqual(of("2026-01"), {
    month: "2026-01",
    trials: 2,
    converted: 1,
    failedPayments: 1,
    recoveredPayments: 0,
  });
  assert.deepEqual(of("2026-02"), {
    month: "2026-02",
    trials: 0,
    converted: 0,
    failedPayments: 1,
    recoveredPayments: 1,
  });
  assert.deepEqual(usd!.months[index - 1], {
    opening: { accounts: 2, revenue: 12_800 },
    closing: { accounts: 1, revenue: 9_900 },
    churned: { accounts: 1, revenue: 2_900 },
  });
  assert.deepEqual(usd!.months[index], {
    opening: { accounts: 1, revenue: 9_900 },
    closing: { accounts: 1, revenue: 2_900 },
    churned: { accounts: 1, revenue: 9_900 },
  });
  assert.deepEqual(usd!.months[index + 1], {
    opening: { accounts: 1, revenue: 2_900 },
    closing: { accounts: 3, revenue: 9_900 + 2_900 + 2_417 },
    churned: { accounts: 0, revenue: 0 },
  });
  assert.deepEqual(usd!.months.at(-1)!.closing, usd!.months[index + 1]!.closing, "the current month goes on");
  assert.deepEqual(eur!.months.slice(6, 9).map(({ closing }) => closing.revenue), [0, 2_500, 2_500]);
});

Deno.test("for any history, each figure of each month is what a plain loop over the movements finds", async () => {
  await using world = await World.open();
  setClock(world);
  const accounts = await addAccounts(world, 4);
  const drawn = record({
    account: constantFrom(...accounts),
    kind: constantFrom<Kind>(
      "trial_started",
      "trial_ended",
      "subscribed",
      "resubscribed",
      "upgraded",
      "downgraded",
      "canceled",
      "payment_failed",
      "payment_recovered",
      "refunded",
    ),
    hoursAgo: integer({ min: 0, max: 400 * 24 }),
    before: constantFrom(2_900, 9_900),
    after: constantFrom(2_900, 9_900, 24_167),
    currency: constantFrom("usd", "eur"),
  });
  await property(
    asyncProperty(array(drawn, { maxLength: 40 }), async (history) => {
      await world.system.control.delete(billingMovements);
      const rows = oneTrialEach(history).map(({ account, kind, hoursAgo, before, after, currency }) => ({
        id: newId(),
        accountId: account,
        kind,
        revenueBefore: before,
        revenueAfter: kind === "canceled" ? 0 : kind === "refunded" ? -after : after,
        currency,
        at: new Date(Date.parse(NOW) - hoursAgo * HOUR),
      }));
      if (rows.length > 0) await world.system.control.insert(billingMovements).values(rows);

      const { months, currencies } = await getBillingReport(world.system);

      for (const [index, { month, ...counts }] of months.entries()) {
        assert.deepEqual(counts, countsOf(rows, month), month);
        for (const { currency, months } of currencies) {
          assert.deepEqual(months[index], revenueOf(rows, month, currency), `${month} ${currency}`);
        }
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("an installation without subscriptions has a report of zeros", async () => {
  await using world = await World.open();

  const { months, currencies } = await getBillingReport(world.system);
  const today = await getBillingToday(world.system);

  assert.equal(months.length, 12);
  assert.deepEqual(currencies.map(({ currency, months }) => [currency, months.length]), [["usd", 12]]);
  assert.ok(currencies[0]!.months.every(({ closing }) => closing.revenue === 0));
  assert.deepEqual(today, {
    paying: [],
    pastDue: { total: 0, open: [], listed: [] },
    endingTrials: { total: 0, listed: [] },
    lagging: { total: 0, listed: [] },
  });
});

Deno.test("a trial that a workspace pays for converts, and its payments count", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await startTrial(await customer.ctx(), { plan: "team" });
  await customer.buy();
  await customer.pass(16);

  const { months, currencies } = await getBillingReport(world.system);

  const { trials, converted } = months.at(-1)!;
  assert.deepEqual([trials, converted], [1, 1]);
  assert.deepEqual(currencies[0]!.months.at(-1)!.closing, { accounts: 1, revenue: 2_900 });
});

Deno.test("today shows who pays for what, who owes how much since when, and whose trial ends this week", async () => {
  await using world = await World.open();
  const paying = await Customer.open(world, "acme");
  await paying.buy(GOOD_CARD, { plan: "premium", billingCycle: "yearly" });
  const owing = await Customer.open(world, "globex");
  await owing.buy(FAILS_LATER);
  await owing.pass(32);
  const late = await Customer.open(world, "initech");
  const soon = await Customer.open(world, "umbrella");
  await soon.buy();
  await startTrial(await late.ctx(), { plan: "premium" });
  await late.pass(6);
  const early = await getBillingToday(world.system);
  await late.pass(2);
  // A part of the invoice was paid: `amount_due` is what is left.
  await world.system.control.update(billingInvoices).set({ amountPaid: 1_000 })
    .where(eq(billingInvoices.status, "open"));

  const today = await getBillingToday(world.system);

  const { pastDueSince } = await owing.account();
  assert.deepEqual(today.paying, [
    { plan: "team", currency: "usd", accounts: 2, revenue: 5_800 },
    { plan: "premium", currency: "usd", accounts: 1, revenue: 8_250 },
  ]);
  assert.deepEqual(today.pastDue, {
    total: 1,
    open: [{ amount: 2_900, currency: "usd" }],
    listed: [{
      tenantId: owing.company.tenant.id,
      name: "globex Ltd",
      since: pastDueSince,
      open: [{ amount: 2_900, currency: "usd" }],
    }],
  });
  assert.equal(early.endingTrials.total, 0, "more than seven days are left");
  assert.deepEqual(today.endingTrials.listed.map(({ name, plan }) => [name, plan]), [[
    "initech Ltd",
    "premium",
  ]]);
});

Deno.test("an account lags from five minutes after an event that no sync followed, until a sync", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const { id } = await customer.account();
  world.clock.advance(DAY);
  const receivedAt = world.clock.now();
  await world.system.control.insert(billingEvents).values({
    id: "evt_lost",
    gateway: "sandbox",
    type: "invoice.paid",
    accountId: id,
    body: "{}",
    createdAt: receivedAt,
    receivedAt,
  });
  const { generation } = await customer.account();
  await world.system.control.update(billingAccounts).set({ generation: generation + 1 })
    .where(eq(billingAccounts.id, id));
  const lagging = async () => (await getBillingToday(world.system)).lagging;

  const fresh = await lagging();
  world.clock.advance(6 * MINUTE);
  const behind = await lagging();
  await customer.sync();

  assert.equal(fresh.total, 0);
  assert.deepEqual(behind, {
    total: 1,
    listed: [{ tenantId: customer.company.tenant.id, name: "acme Ltd", since: receivedAt }],
  });
  assert.equal((await lagging()).total, 0);
});

function setClock(world: World): void {
  world.clock.advance(Date.parse(NOW) - world.clock.now().getTime());
}

async function addAccounts(world: World, count: number): Promise<string[]> {
  const now = world.clock.now();
  const ids = Array.from({ length: count }, () => newId());
  await world.system.control.insert(billingAccounts).values(
    ids.map((id) => ({ id, gateway: "sandbox" as const, createdAt: now, updatedAt: now })),
  );
  return ids;
}

type Written = [
  account: string,
  kind: Kind,
  at: string,
  revenueBefore: number,
  revenueAfter: number,
  currency?: string,
];

async function addMovements(world: World, written: Written[]): Promise<void> {
  await world.system.control.insert(billingMovements).values(
    written.map(([accountId, kind, at, revenueBefore, revenueAfter, currency = "usd"]) => ({
      id: newId(),
      accountId,
      kind,
      revenueBefore,
      revenueAfter,
      currency,
      at: new Date(at),
    })),
  );
}

/** A workspace has one trial at most. */
function oneTrialEach<Drawn extends { account: string; kind: Kind }>(history: Drawn[]): Drawn[] {
  const tried = new Set<string>();
  return history.filter(({ account, kind }) => {
    if (kind !== "trial_started") return true;
    const isFirst = !tried.has(account);
    tried.add(account);
    return isFirst;
  });
}

type Plain = Pick<
  Movement,
  "id" | "accountId" | "kind" | "revenueBefore" | "revenueAfter" | "currency" | "at"
>;

function inOrder(rows: readonly Plain[]): Plain[] {
  return rows.toSorted((one, other) => one.at.getTime() - other.at.getTime() || (one.id < other.id ? -1 : 1));
}

function isIn(month: string, { at }: Plain): boolean {
  return at.toISOString().startsWith(month);
}

function countsOf(rows: readonly Plain[], month: string) {
  const accounts = new Set(rows.map(({ accountId }) => accountId));
  let [trials, converted] = [0, 0];
  for (const account of accounts) {
    const own = inOrder(rows.filter(({ accountId }) => accountId === account));
    const start = own.find(({ kind }) => kind === "trial_started");
    if (!start) continue;
    const outcomes = own.filter(({ kind, at }) =>
      at >= start.at && ["trial_ended", "subscribed", "resubscribed"].includes(kind)
    );
    const decided = outcomes.filter(({ at }) => at.getTime() === outcomes[0]!.at.getTime());
    if (decided.length === 0 || !isIn(month, decided[0]!)) continue;
    trials++;
    if (decided.some(({ kind }) => kind !== "trial_ended")) converted++;
  }
  const count = (kind: Kind) => rows.filter((row) => row.kind === kind && isIn(month, row)).length;
  return {
    trials,
    converted,
    failedPayments: count("payment_failed"),
    recoveredPayments: count("payment_recovered"),
  };
}

const PAYING: Kind[] = ["subscribed", "resubscribed", "upgraded", "downgraded", "canceled"];

function revenueOf(rows: readonly Plain[], month: string, currency: string) {
  const start = new Date(`${month}-01T00:00:00Z`);
  const end = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1));
  const until = (moment: Date) => {
    const last = new Map<string, Plain>();
    for (const row of inOrder(rows)) {
      if (PAYING.includes(row.kind) && row.at < moment) last.set(row.accountId, row);
    }
    const paying = [...last.values()].filter((row) => row.revenueAfter > 0 && row.currency === currency);
    return { accounts: paying.length, revenue: sumOf(paying.map(({ revenueAfter }) => revenueAfter)) };
  };
  const ended = rows.filter((row) =>
    row.kind === "canceled" && row.currency === currency && isIn(month, row)
  );
  return {
    opening: until(start),
    closing: until(end),
    churned: { accounts: ended.length, revenue: sumOf(ended.map(({ revenueBefore }) => revenueBefore)) },
  };
}

function sumOf(amounts: number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
