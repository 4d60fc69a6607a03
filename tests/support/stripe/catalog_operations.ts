import { Refusal } from "./answers.ts";
import { textIn } from "./form.ts";
import type { Operation } from "./operations.ts";
import { listOf } from "./render.ts";

/** Meters take events this far back. */
const OLDEST_EVENT = 35 * 24 * 3_600;

export const CATALOG_OPERATIONS: Record<string, Operation> = {
  "GET /v1/products": ({ catalog }) => listOf([...catalog.products.values()]),
  "POST /v1/products": ({ catalog }, { form }) => catalog.createProduct(form),
  "POST /v1/products/:id": ({ catalog }, { id, form }) => catalog.updateProduct(id, form),

  "GET /v1/prices": ({ catalog }, { form }) => listOf(catalog.listPrices(form)),
  "GET /v1/prices/:id": ({ catalog }, { id }) => catalog.price(id),
  "POST /v1/prices": ({ catalog }, { form }) => catalog.createPrice(form),
  "POST /v1/prices/:id": ({ catalog }, { id, form }) =>
    Object.assign(catalog.price(id), { active: textIn(form, "active") === "true" }),

  "GET /v1/billing/meters": ({ catalog }) => listOf([...catalog.meters.values()]),
  "POST /v1/billing/meters": ({ catalog }, { form }) => catalog.createMeter(form),
  "POST /v1/billing/meters/:id": ({ catalog }, { id, form }) =>
    Object.assign(catalog.meter(id), { display_name: textIn(form, "display_name") }),
  "POST /v1/billing/meters/:id/reactivate": ({ catalog }, { id }) =>
    Object.assign(catalog.meter(id), { status: "active" }),

  /** Usage of a period that is billed stays with the meter, and no invoice ever has it. */
  "POST /v1/billing/meter_events": async (double, { form }) => {
    const name = textIn(form, "event_name")!;
    const at = Number(textIn(form, "timestamp"));
    if (double.catalog.meters.get(name)?.status !== "active") throw Refusal.missing("meter", name);
    if (at < double.now / 1_000 - OLDEST_EVENT) {
      throw Refusal.invalid("The timestamp is too far in the past.", "timestamp_too_far_in_past");
    }
    const hour = new Date(Math.floor(at / 3_600) * 3_600_000);
    await double.play(textIn(form, "payload", "stripe_customer_id")!, (life) => {
      const isBilled = life.state.subscriptions.some((one) =>
        one.endedAt === null && one.periodStart > hour.getTime()
      );
      if (!isBilled) life.setUsage(name, hour.toISOString(), Number(textIn(form, "payload", "value")));
    });
    return { object: "billing.meter_event", event_name: name };
  },
};
