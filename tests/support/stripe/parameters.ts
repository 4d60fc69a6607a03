import type Stripe from "stripe";
import { EMPTY, FLAG, like, LIMIT, maybe, oneOf, paths, type Spec, TEXT, WHOLE } from "./rules.ts";

/** Rules for one operation, typed over the SDK's parameters. */
function rules<Params>(spec: Spec<Params>): Spec<Params> {
  return spec;
}

const NOTHING = rules<Record<string, never>>({});
const CUSTOMER = like(/^cus_/);
const SUBSCRIPTION = like(/^sub_/);
const PRICE = like(/^price_/);
const INVOICE = like(/^in_/);
const CURRENCY = like(/^[a-z]{3}$/);
const PRORATION = oneOf("always_invoice", "create_prorations");

const customer = {
  name: TEXT,
  email: like(/@/),
  metadata: { account_id: TEXT },
};

const changedItems = [{
  id: maybe(like(/^si_/)),
  price: maybe(PRICE),
  quantity: maybe(WHOLE),
  deleted: maybe(FLAG),
}] as const;

/** Every operation that the driver uses, and every parameter that it may send. */
export const PARAMETERS: Record<string, unknown> = {
  "POST /v1/customers": rules<Stripe.CustomerCreateParams>(customer),
  "POST /v1/customers/:id": rules<Stripe.CustomerUpdateParams>(customer),
  "GET /v1/customers/:id": rules<Stripe.CustomerRetrieveParams>({
    expand: maybe(paths("invoice_settings.default_payment_method", "test_clock", "discount.source.coupon")),
  }),

  "POST /v1/checkout/sessions": rules<Stripe.Checkout.SessionCreateParams>({
    mode: oneOf("subscription"),
    customer: CUSTOMER,
    line_items: [{ price: PRICE, quantity: maybe(WHOLE) }],
    payment_method_collection: oneOf("always"),
    allow_promotion_codes: FLAG,
    success_url: like(/^https?:/),
    cancel_url: like(/^https?:/),
    subscription_data: { billing_mode: { type: oneOf("flexible") }, trial_end: maybe(WHOLE) },
  }),
  "GET /v1/checkout/sessions/:id": NOTHING,
  "POST /v1/checkout/sessions/:id/expire": NOTHING,
  "POST /v1/billing_portal/sessions": rules<Stripe.BillingPortal.SessionCreateParams>({
    customer: CUSTOMER,
    return_url: like(/^https?:/),
  }),

  "GET /v1/subscriptions": rules<Stripe.SubscriptionListParams>({
    customer: CUSTOMER,
    status: oneOf("all"),
    limit: LIMIT,
    expand: maybe(paths("data.schedule", "data.default_payment_method", "data.discounts.source.coupon")),
  }),
  "GET /v1/subscriptions/:id": rules<Stripe.SubscriptionRetrieveParams>({ expand: maybe(paths("schedule")) }),
  "POST /v1/subscriptions/:id": rules<Stripe.SubscriptionUpdateParams>({
    items: maybe(changedItems),
    payment_behavior: maybe(oneOf("pending_if_incomplete")),
    proration_behavior: maybe(PRORATION),
    proration_date: maybe(WHOLE),
    cancel_at_period_end: maybe(FLAG),
    cancel_at: maybe(EMPTY),
  }),
  "DELETE /v1/subscriptions/:id": rules<Stripe.SubscriptionCancelParams>({
    invoice_now: FLAG,
    prorate: FLAG,
  }),
  "POST /v1/subscription_schedules": rules<Stripe.SubscriptionScheduleCreateParams>({
    from_subscription: SUBSCRIPTION,
  }),
  "POST /v1/subscription_schedules/:id": rules<Stripe.SubscriptionScheduleUpdateParams>({
    end_behavior: oneOf("release"),
    phases: [{
      start_date: maybe(WHOLE),
      end_date: maybe(WHOLE),
      duration: maybe({ interval: oneOf("month", "year"), interval_count: oneOf("1") }),
      trial_end: maybe(WHOLE),
      discounts: maybe([{ discount: like(/^di_/) }] as const),
      items: [{ price: PRICE, quantity: maybe(WHOLE) }],
      proration_behavior: maybe(oneOf("none")),
    }],
  }),
  "POST /v1/subscription_schedules/:id/release": NOTHING,

  "POST /v1/invoices/create_preview": rules<Stripe.InvoiceCreatePreviewParams>({
    subscription: SUBSCRIPTION,
    subscription_details: maybe({
      items: changedItems,
      proration_behavior: PRORATION,
      proration_date: WHOLE,
    }),
    preview_mode: maybe(oneOf("recurring")),
  }),
  "GET /v1/invoices": rules<Stripe.InvoiceListParams>({
    customer: maybe(CUSTOMER),
    subscription: maybe(SUBSCRIPTION),
    limit: LIMIT,
    expand: maybe(paths("data.payments")),
  }),
  "POST /v1/invoices": rules<Stripe.InvoiceCreateParams>({
    customer: CUSTOMER,
    currency: CURRENCY,
    auto_advance: oneOf("false"),
    collection_method: oneOf("charge_automatically"),
    pending_invoice_items_behavior: oneOf("exclude"),
  }),
  "GET /v1/invoices/:id": rules<Stripe.InvoiceRetrieveParams>({ expand: maybe(paths("payments")) }),
  "GET /v1/invoices/:id/lines": rules<Stripe.InvoiceListLineItemsParams>({ limit: LIMIT }),
  "POST /v1/invoices/:id/pay": NOTHING,
  "POST /v1/invoices/:id/void": NOTHING,
  "POST /v1/invoices/:id/finalize": rules<Stripe.InvoiceFinalizeInvoiceParams>({
    auto_advance: oneOf("false"),
  }),
  "GET /v1/invoiceitems": rules<Stripe.InvoiceItemListParams>({ customer: CUSTOMER, limit: LIMIT }),
  "POST /v1/invoiceitems": rules<Stripe.InvoiceItemCreateParams>({
    customer: CUSTOMER,
    invoice: maybe(INVOICE),
    subscription: maybe(SUBSCRIPTION),
    amount: WHOLE,
    currency: CURRENCY,
    description: TEXT,
    period: maybe({ start: WHOLE, end: WHOLE }),
    metadata: maybe({ metric: TEXT, period: WHOLE, units: WHOLE }),
  }),
  "GET /v1/payment_intents": rules<Stripe.PaymentIntentListParams>({
    customer: CUSTOMER,
    limit: LIMIT,
    starting_after: maybe(like(/^pi_/)),
    expand: paths("data.latest_charge"),
  }),
  "GET /v1/payment_intents/:id": rules<Stripe.PaymentIntentRetrieveParams>({
    expand: paths("latest_charge"),
  }),
  "GET /v1/charges/:id": NOTHING,
  "GET /v1/refunds": rules<Stripe.RefundListParams>({ payment_intent: like(/^pi_/), limit: LIMIT }),
  "POST /v1/refunds": rules<Stripe.RefundCreateParams>({
    payment_intent: like(/^pi_/),
    amount: WHOLE,
    metadata: { key: TEXT },
  }),

  "GET /v1/products": rules<Stripe.ProductListParams>({ limit: LIMIT, starting_after: maybe(TEXT) }),
  "POST /v1/products": rules<Stripe.ProductCreateParams>({
    id: like(/^(plan|metric)_/),
    name: TEXT,
    active: FLAG,
    metadata: { denizen: TEXT },
  }),
  "POST /v1/products/:id": rules<Stripe.ProductUpdateParams>({
    name: maybe(TEXT),
    active: FLAG,
    metadata: maybe({ denizen: TEXT }),
  }),
  "GET /v1/prices": rules<Stripe.PriceListParams>({
    lookup_keys: maybe([TEXT] as const),
    active: maybe(FLAG),
    limit: LIMIT,
    starting_after: maybe(PRICE),
    expand: maybe(paths("data.tiers")),
  }),
  "GET /v1/prices/:id": NOTHING,
  "POST /v1/prices": rules<Stripe.PriceCreateParams>({
    product: like(/^(plan|metric)_/),
    currency: oneOf("usd"),
    lookup_key: TEXT,
    metadata: { denizen: TEXT },
    recurring: {
      interval: oneOf("month", "year"),
      usage_type: oneOf("licensed", "metered"),
      meter: maybe(like(/^mtr_/)),
    },
    billing_scheme: maybe(oneOf("tiered")),
    tiers_mode: maybe(oneOf("graduated")),
    tiers: maybe([{ up_to: like(/^(inf|\d+)$/), unit_amount: WHOLE }] as const),
    unit_amount: maybe(WHOLE),
  }),
  "POST /v1/prices/:id": rules<Stripe.PriceUpdateParams>({ active: FLAG }),
  "GET /v1/billing/meters": rules<Stripe.Billing.MeterListParams>({
    limit: LIMIT,
    starting_after: maybe(TEXT),
  }),
  "POST /v1/billing/meters": rules<Stripe.Billing.MeterCreateParams>({
    event_name: TEXT,
    display_name: TEXT,
    default_aggregation: { formula: oneOf("sum") },
    event_time_window: oneOf("hour"),
    customer_mapping: { type: oneOf("by_id"), event_payload_key: TEXT },
    value_settings: { event_payload_key: TEXT },
  }),
  "POST /v1/billing/meters/:id": rules<Stripe.Billing.MeterUpdateParams>({ display_name: TEXT }),
  "POST /v1/billing/meters/:id/reactivate": NOTHING,
  "POST /v1/billing/meter_events": rules<Stripe.Billing.MeterEventCreateParams>({
    event_name: TEXT,
    timestamp: WHOLE,
    payload: { stripe_customer_id: CUSTOMER, value: WHOLE },
  }),
};
