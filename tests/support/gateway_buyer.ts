import type {
  GatewayAccount,
  GatewayInvoice,
  GatewaySubscription,
} from "../../src/billing/gateway/account.ts";
import type { Checkout, CheckoutOrder } from "../../src/billing/gateway/gateway.ts";
import type { Payment } from "../../src/billing/engine/ledger.ts";
import type { Coupon } from "../../src/billing/engine/state.ts";
import type { Price } from "../../src/billing/prices.ts";
import { card, GOOD_CARD } from "./billing.ts";
import type { GatewayBench } from "./gateway_bench.ts";

export const TEAM: Price = { plan: "team", version: 1, cycle: "monthly", currency: "usd" };
export const TEAM_YEARLY: Price = { ...TEAM, cycle: "yearly" };
export const PREMIUM: Price = { ...TEAM, plan: "premium" };

/** A customer of a gateway, and what they do on its pages. */
export class Buyer {
  #keys = 0;

  private constructor(
    readonly bench: GatewayBench,
    readonly accountId: string,
    readonly customerId: string,
  ) {}

  static async open(bench: GatewayBench): Promise<Buyer> {
    const accountId = await bench.newAccountId();
    const customer = { accountId, customerId: null, name: "Acme", email: "owner@acme.example" };
    return new Buyer(bench, accountId, await bench.gateway.ensureCustomer(customer));
  }

  /** A key that no other call has. */
  key(): string {
    return `${this.accountId} ${++this.#keys}`;
  }

  async checkout(order: Partial<CheckoutOrder> = {}): Promise<Checkout> {
    return await this.bench.gateway.openCheckout({
      customerId: this.customerId,
      price: TEAM,
      seats: 1,
      trialEndsAt: null,
      successUrl: "https://acme.example.com/billing?checkout=done",
      cancelUrl: "https://acme.example.com/billing",
      key: this.key(),
      ...order,
    });
  }

  async pay(
    { id }: Checkout,
    number = GOOD_CARD,
    options: { coupon?: Coupon } = {},
  ): Promise<Payment> {
    return await this.bench.play(
      this.customerId,
      (life) => life.payCheckout(life.state.checkouts.find((one) => one.id === id)!, card(number), options),
    );
  }

  /** Orders and pays. Returns the subscription. */
  async buy(order: Partial<CheckoutOrder> = {}, number = GOOD_CARD): Promise<GatewaySubscription> {
    await this.pay(await this.checkout(order), number);
    return await this.subscription();
  }

  async replaceCard(number: string): Promise<void> {
    await this.bench.play(this.customerId, (life) => life.attachCard(card(number)));
  }

  /** Confirms or refuses a payment at the bank. */
  async answer(invoiceId: string, isConfirmed: boolean): Promise<Payment> {
    return await this.bench.play(
      this.customerId,
      (life) => life.answerConfirmation(life.state.invoices.find(({ id }) => id === invoiceId)!, isConfirmed),
    );
  }

  async account(): Promise<GatewayAccount> {
    return await this.bench.gateway.fetchAccount(this.customerId);
  }

  /** The newest subscription. */
  async subscription(): Promise<GatewaySubscription> {
    return (await this.account()).subscriptions[0]!;
  }

  /** The newest invoice. */
  async invoice(): Promise<GatewayInvoice> {
    return (await this.account()).invoices[0]!;
  }
}
