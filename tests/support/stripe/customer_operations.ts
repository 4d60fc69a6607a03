import { HOUR } from "../../../src/platform/clock.ts";
import { Refusal } from "./answers.ts";
import type { StripeDouble } from "./double.ts";
import { listIn, textIn } from "./form.ts";
import type { Operation } from "./operations.ts";
import { checkMetered, customerOf, orderIn } from "./ordered.ts";

const SHORTEST_TRIAL = 48 * HOUR;

export const CUSTOMER_OPERATIONS: Record<string, Operation> = {
  "POST /v1/customers": (double, { form }) =>
    double.renderer.customer(
      double.addCustomer({ name: textIn(form, "name")!, email: textIn(form, "email")! }),
    ),

  "GET /v1/customers/:id": async (double, { id }) => double.renderer.customer(await double.customer(id)),

  "POST /v1/customers/:id": async (double, { id, form }) => {
    await alive(double, id);
    return double.renderer.customer(
      await double.play(
        id,
        ({ state }) => Object.assign(state, { name: textIn(form, "name"), email: textIn(form, "email") }),
      ),
    );
  },

  "POST /v1/checkout/sessions": async (double, { form, key }) => {
    const customerId = textIn(form, "customer")!;
    await alive(double, customerId);
    const items = listIn(form, "line_items");
    const order = orderIn(double, items);
    checkMetered(double, order, items, null);
    const trialEnd = textIn(form, "subscription_data", "trial_end");
    const trialEndsAt = trialEnd === null ? null : Number(trialEnd) * 1_000;
    if (trialEndsAt !== null && trialEndsAt < double.now + SHORTEST_TRIAL) {
      throw Refusal.invalid("The `trial_end` date has to be at least 2 days in the future.");
    }
    return await double.play(customerId, (life) =>
      double.renderer.checkout(life.openCheckout({
        ...order,
        trialEndsAt,
        key: key!,
        successUrl: textIn(form, "success_url")!,
        cancelUrl: textIn(form, "cancel_url")!,
      })));
  },

  "GET /v1/checkout/sessions/:id": async (double, { id }) => await checkout(double, id),

  "POST /v1/checkout/sessions/:id/expire": async (double, { id }) => {
    await double.play(customerOf("checkout.session", id), (life) => {
      const found = life.state.checkouts.find((one) => one.id === id)!;
      if (found.status !== "open") {
        throw Refusal.invalid("Only sessions with a status of open can be expired.");
      }
      life.expireCheckout(found);
    });
    return await checkout(double, id);
  },

  "POST /v1/billing_portal/sessions": async (double, { form }) => {
    const customerId = textIn(form, "customer")!;
    await alive(double, customerId);
    return { id: "bps_1", object: "billing_portal.session", url: `${double.origin}/portal/${customerId}` };
  },
};

async function checkout(double: StripeDouble, id: string) {
  const { checkouts } = await double.customer(customerOf("checkout.session", id));
  const found = checkouts.find((one) => one.id === id);
  if (!found) throw Refusal.missing("checkout.session", id);
  return double.renderer.checkout(found);
}

/** Stripe finds deleted customers only when asked for them by id. */
export async function alive(double: StripeDouble, id: string): Promise<void> {
  if ((await double.customer(id)).isDeleted) throw Refusal.missing("customer", id);
}
