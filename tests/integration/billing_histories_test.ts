/** Protects: whatever happens at the gateway, and however its events arrive, an account ends where the gateway stands, told once. */
import {
  array,
  assert as property,
  asyncProperty as forAll,
  constantFrom,
  integer,
  oneof,
  record,
} from "fast-check";
import assert from "node:assert/strict";
import { inForce } from "../../src/billing/accounts.ts";
import { columnsOf } from "../../src/billing/differences.ts";
import type { Life } from "../../src/billing/engine/engine.ts";
import { GATEWAY } from "../../src/billing/gateway/open.ts";
import { DAY } from "../../src/platform/clock.ts";
import { card, CONFIRMED_CARD, Customer, FAILS_LATER, GOOD_CARD } from "../support/billing.ts";
import { startWorker } from "../support/jobs.ts";
import { StripeWorld } from "../support/stripe_world.ts";

const RUNS = 12;
const DECLINED_CARD = "4000 0000 0000 0002";
const TEAM = { plan: "team", version: 1, cycle: "monthly", currency: "usd" } as const;
const PREMIUM = { ...TEAM, plan: "premium" } as const;

/** What can happen between two events. `which` picks among those that are there. */
const step = oneof(
  record({
    does: constantFrom(
      "order",
      "pay",
      "confirm",
      "replaceCard",
      "upgrade",
      "schedule",
      "release",
      "cancelAtEnd",
      "cancelAt",
      "keep",
      "cancelNow",
      "payInvoice",
      "refund",
      "dispute",
      "pass",
    ),
    which: integer({ min: 0, max: 40 }),
  }),
  record({ does: constantFrom("deliver", "sync", "answer"), which: integer({ min: 0, max: 40 }) }),
);
type Step = { does: string; which: number };

Deno.test("random histories, whose events come twice, shuffled and during other syncs, end where the gateway stands", async () => {
  await using stripe = await StripeWorld.open();
  await using worker = await startWorker(stripe.world, "kv");
  let companies = 0;

  await property(
    forAll(array(step, { minLength: 15, maxLength: 40 }), async (steps: Step[]) => {
      const history = await History.begin(stripe, `company${++companies}`);
      for (const one of steps) await history.take(one);
      await history.end();
      await worker.idle();

      await history.check();
    }),
    { numRuns: RUNS },
  );
});

/** A customer's life at the gateway, and the events and answers that are still on their way to the product. */
class History {
  readonly #customer: Customer;
  readonly #stripe: StripeWorld;
  readonly #customerId: string;
  /** Events that the gateway has sent, and how often each arrived. */
  readonly #events: { body: string; signature: string; arrived: number }[] = [];
  /** Syncs that have read the gateway and are held before they write. */
  readonly #held: (() => void)[] = [];
  readonly #syncs: Promise<void>[] = [];

  private constructor(stripe: StripeWorld, customer: Customer, customerId: string) {
    this.#stripe = stripe;
    this.#customer = customer;
    this.#customerId = customerId;
  }

  static async begin(stripe: StripeWorld, subdomain: string): Promise<History> {
    const customer = await Customer.open(stripe.world, subdomain);
    const checkout = await customer.checkout();
    const history = new History(stripe, customer, (await customer.account()).customerId!);
    stripe.double.deliver = (body, signature) => {
      history.#events.push({ body, signature, arrived: 0 });
      return Promise.resolve(200);
    };
    await stripe.pay(customer, checkout);
    return history;
  }

  async take({ does, which }: Step): Promise<void> {
    if (does === "pass") return this.#stripe.world.clock.advance((which % 20) * DAY / 2);
    if (does === "order") return void await this.#customer.checkout().catch(() => {});
    if (does === "deliver") return await this.#deliver(which);
    if (does === "sync") return await this.#sync();
    if (does === "answer") return pick(this.#held, which)?.();
    await this.#stripe.double.play(this.#customerId, (life) => happen(life, does, which));
  }

  /** Everything that is on its way arrives. */
  async end(): Promise<void> {
    for (const answer of this.#held) answer();
    await Promise.all(this.#syncs);
    await this.#stripe.double.play(this.#customerId, () => {});
    for (let index = 0; index < this.#events.length; index++) {
      if (this.#events[index]!.arrived === 0) await this.#deliver(index);
    }
    this.#stripe.double.deliver = (body, signature) => this.#stripe.send(body, signature);
  }

  async check(): Promise<void> {
    const account = await this.#customer.account();
    const stands = await this.#stripe.world.services.use(GATEWAY).fetchAccount(this.#customerId);
    const logged = await this.#customer.logged();
    const count = (action: string) => logged.filter((one) => one === action).length;

    assert.deepEqual(plain(account.snapshot), plain(stands));
    const columns = columnsOf({ ...account, snapshot: stands }, this.#stripe.world.clock.now());
    assert.deepEqual(plain({ ...account, ...columns }), plain(account));
    const paid = stands.invoices.filter(({ status, amountPaid }) => status === "paid" && amountPaid > 0);
    assert.equal(count("invoice.paid"), paid.length);
    assert.equal(count("invoice.disputed"), stands.invoices.filter(({ isDisputed }) => isDisputed).length);
    const isSubscribed = account.subscriptionId !== null;
    assert.equal(count("subscription.created") - count("subscription.canceled"), isSubscribed ? 1 : 0);
    assert.ok(inForce(stands).length <= 1, "the second of two subscriptions is canceled");
  }

  /** An event arrives, perhaps again. */
  async #deliver(which: number): Promise<void> {
    const event = pick(this.#events, which);
    if (!event || event.arrived === 3) return;
    event.arrived++;
    // A late event is signed anew, as the gateway does when it sends it again.
    assert.equal(await this.#stripe.send(event.body, this.#stripe.double.sign(event.body)), 200);
  }

  /** A sync reads the gateway now and writes when it is let. */
  async #sync(): Promise<void> {
    const gateway = this.#stripe.world.services.use(GATEWAY);
    const read = await gateway.fetchAccount(this.#customerId);
    let isRead = () => {};
    const reading = new Promise<void>((resolve) => isRead = resolve);
    const fetchAccount = gateway.fetchAccount;
    let isFirst = true;
    gateway.fetchAccount = async (id) => {
      if (!isFirst || id !== this.#customerId) return await fetchAccount.call(gateway, id);
      isFirst = false;
      gateway.fetchAccount = fetchAccount;
      isRead();
      await new Promise<void>((resolve) => this.#held.push(resolve));
      return read;
    };
    this.#syncs.push(this.#customer.sync());
    await reading;
  }
}

function happen(life: Life, does: string, which: number): void {
  const { subscriptions, invoices, checkouts } = life.state;
  const live = subscriptions.filter(({ endedAt }) => endedAt === null);
  const subscription = pick(live, which);
  const active = subscription?.status === "active" ? subscription : undefined;
  const open = pick(invoices.filter(({ status }) => status === "open"), which);
  const paid = pick(invoices.filter(({ status, amountPaid }) => status === "paid" && amountPaid > 0), which);
  const checkout = pick(checkouts.filter(({ status }) => status === "open"), which);
  if (does === "pay" && checkout) return void life.payCheckout(checkout, anyCard(which));
  if (does === "confirm" && open) return void life.answerConfirmation(open, which % 2 === 0);
  if (does === "replaceCard") return life.attachCard(anyCard(which));
  if (does === "upgrade" && active) {
    return void life.changeNow(active, { price: PREMIUM, seats: 1 }, life.now);
  }
  if (does === "schedule" && active) return life.schedule(active, { price: TEAM, seats: 1 });
  if (does === "release" && active) return life.releaseSchedule(active);
  if (does === "cancelAtEnd" && subscription) return life.cancelAtEnd(subscription);
  if (does === "cancelAt" && active) return life.cancelAt(active, life.now + (which + 1) * DAY);
  if (does === "keep" && subscription) return life.keep(subscription);
  if (does === "cancelNow" && subscription) return life.cancelNow(subscription);
  if (does === "payInvoice" && open) return void life.pay(open, { isPresent: true });
  if (does === "refund" && paid) return void life.refund(paid, which % 2 ? null : 100, `${which}`);
  if (does === "dispute" && paid) return life.dispute(paid);
}

function anyCard(which: number) {
  return card([GOOD_CARD, CONFIRMED_CARD, FAILS_LATER, DECLINED_CARD, GOOD_CARD][which % 5]!);
}

function pick<Item>(items: readonly Item[], which: number): Item | undefined {
  return items[which % Math.max(1, items.length)];
}

/** As it is stored. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
