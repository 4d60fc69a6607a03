import { card, Customer, GOOD_CARD } from "./billing.ts";
import { CATALOG } from "./gateway_bench.ts";
import { GATEWAY } from "../../src/billing/gateway/open.ts";
import type { Payment } from "../../src/billing/engine/ledger.ts";
import { StripeDouble } from "./stripe/double.ts";
import { World } from "./world.ts";

/** The product with a double of Stripe, which sends its events to the product. */
export class StripeWorld implements AsyncDisposable {
  private constructor(readonly world: World, readonly double: StripeDouble) {}

  static async open(): Promise<StripeWorld> {
    // The product needs the double's address, and the double the product's clock.
    let now = () => new Date("2026-03-02T09:00:00Z");
    const double = new StripeDouble({ clock: { now: () => now() }, metrics: CATALOG.metrics });
    const world = await World.open(double.variables);
    now = () => world.clock.now();
    const gateway = world.services.use(GATEWAY);
    await gateway.applyCatalog(CATALOG, await gateway.diffCatalog(CATALOG));
    const opened = new StripeWorld(world, double);
    double.deliver = (body, signature) => opened.send(body, signature);
    return opened;
  }

  /** Posts a body to the webhook. */
  async send(body: string, signature: string): Promise<number> {
    const headers = { "Content-Type": "application/json", "Stripe-Signature": signature };
    const { status } = await this.world.raw("POST", this.world.host(), "/webhooks/stripe", headers, body);
    return status;
  }

  /** The customer pays on Stripe's page. */
  async pay(customer: Customer, checkoutId: string, number = GOOD_CARD): Promise<Payment> {
    return await this.double.play(
      (await customer.account()).customerId!,
      (life) => life.payCheckout(life.state.checkouts.find(({ id }) => id === checkoutId)!, card(number)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
    await this.double[Symbol.asyncDispose]();
  }
}
