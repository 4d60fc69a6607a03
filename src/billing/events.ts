import { z } from "zod";
import { platformEvent } from "../events/event.ts";
import { type WebhookData, webhookData } from "../events/webhook_data.ts";
import { INVOICE_STATUSES, SUBSCRIPTION_STATUSES } from "./gateway/account.ts";
import { BILLING_READ } from "./permissions.ts";
import { PLANS } from "./plans.ts";
import { BILLING_CYCLES } from "./prices.ts";

/** A subscription as events describe it. Its id is the account's, and its name the plan's. */
export type NamedSubscription = {
  id: string;
  name: string;
  plan: typeof PLANS[number];
  planVersion: number;
  status: typeof SUBSCRIPTION_STATUSES[number];
  billingCycle: typeof BILLING_CYCLES[number] | null;
  seats: number;
  currentPeriodEnd: string | null;
  cancelAt: string | null;
};

/** An invoice as events describe it. Its name is its number. */
export type NamedInvoice = {
  id: string;
  name: string;
  status: typeof INVOICE_STATUSES[number];
  total: number;
  currency: string;
};

const sentSubscription = z.object({
  plan: z.enum(PLANS),
  plan_version: z.int(),
  status: z.enum(SUBSCRIPTION_STATUSES),
  billing_cycle: z.enum(BILLING_CYCLES).nullable(),
  seats: z.int(),
  current_period_end: z.iso.datetime().nullable(),
  cancel_at: z.iso.datetime().nullable(),
});

const sentInvoice = z.object({
  id: z.uuid(),
  number: z.string(),
  status: z.enum(INVOICE_STATUSES),
  total: z.int(),
  currency: z.string(),
});

export const SUBSCRIPTION_CREATED = platformEvent<NamedSubscription>("subscription.created", {
  sentence: "started the {name} subscription",
  webhook: subscriptionData("A subscription is in force: it was paid, or its trial at the gateway started."),
});
export const SUBSCRIPTION_UPDATED = platformEvent<NamedSubscription>("subscription.updated", {
  sentence: "changed the {name} subscription",
  webhook: subscriptionData("The plan, its status, its seats or its end changed."),
});
export const SUBSCRIPTION_CANCELED = platformEvent<NamedSubscription>("subscription.canceled", {
  sentence: "ended the {name} subscription",
  webhook: subscriptionData("A subscription ended."),
});
export const INVOICE_PAID = platformEvent<NamedInvoice>("invoice.paid", {
  sentence: "received the payment of the invoice {name}",
  webhook: invoiceData("An invoice was paid."),
});
export const INVOICE_PAYMENT_FAILED = platformEvent<NamedInvoice>("invoice.payment_failed", {
  sentence: "couldn't charge the invoice {name}",
  webhook: invoiceData("A payment of an invoice failed. It may be tried again."),
});
export const INVOICE_REFUNDED = platformEvent<NamedInvoice>("invoice.refunded", {
  sentence: "refunded the invoice {name}",
});
export const INVOICE_DISPUTED = platformEvent<NamedInvoice>("invoice.disputed", {
  sentence: "was told that the payment of the invoice {name} is disputed",
});
export const TRIAL_STARTED = platformEvent<{ id: string; name: string }>("trial.started", {
  sentence: "started a trial of {name}",
});
export const TRIAL_ENDED = platformEvent<{ id: string; name: string }>("trial.ended", {
  sentence: "ended the trial of {name}",
});
export const TRIAL_EXTENDED = platformEvent<{ id: string; name: string }>("trial.extended", {
  sentence: "extended the trial of {name}",
});
export const PLAN_GRANTED = platformEvent<{ id: string; name: string }>("plan.granted", {
  sentence: "gave the workspace the plan {name}",
});

const sentUsage = z.object({ metric: z.string(), limit: z.int(), used: z.int() });

/** The id is the account's, and the name the metric's. */
export type NamedUsage = { id: string; name: string; metric: string; limit: number; used: number };

export const USAGE_LIMIT_NEAR = platformEvent<NamedUsage>("usage.limit_near", {
  sentence: "used most of the {name} that the plan includes",
});
export const USAGE_LIMIT_REACHED = platformEvent<NamedUsage>("usage.limit_reached", {
  sentence: "used all {name} that the plan includes",
  webhook: webhookData<NamedUsage, typeof sentUsage>({
    description: "All that the plan includes of a metric in this period is used.",
    permission: BILLING_READ,
    schema: sentUsage,
    sample: { metric: "compute_minutes", limit: 1_000, used: 1_004 },
    of: ({ metric, limit, used }) => ({ metric, limit, used }),
  }),
});

export const OVERRIDE_CHANGED = platformEvent<{ id: string; name: string }>("override.changed", {
  sentence: "set {label} of {name} to {value}",
});

/** What staff did by hand. `details` has their reason. What it led to follows as events of its own, from the sync. */
export const REFUND_ORDERED = platformEvent<NamedInvoice>("invoice.refund_ordered", {
  sentence: "ordered a refund of {refund} for the invoice {name}: {reason}",
});
export const INVOICE_VOIDED = platformEvent<NamedInvoice>("invoice.voided", {
  sentence: "voided the invoice {name}: {reason}",
});
export const BILLING_REPLAYED = platformEvent<{ id: string; name: string }>("billing.replayed", {
  sentence: "synced the billing of {name} with the payment gateway: {reason}",
});

export const EVENTS = [
  SUBSCRIPTION_CREATED,
  SUBSCRIPTION_UPDATED,
  SUBSCRIPTION_CANCELED,
  INVOICE_PAID,
  INVOICE_PAYMENT_FAILED,
  INVOICE_REFUNDED,
  INVOICE_DISPUTED,
  TRIAL_STARTED,
  TRIAL_ENDED,
  TRIAL_EXTENDED,
  PLAN_GRANTED,
  OVERRIDE_CHANGED,
  REFUND_ORDERED,
  INVOICE_VOIDED,
  BILLING_REPLAYED,
  USAGE_LIMIT_NEAR,
  USAGE_LIMIT_REACHED,
];

function subscriptionData(description: string): WebhookData<NamedSubscription> {
  return webhookData<NamedSubscription, typeof sentSubscription>({
    description,
    permission: BILLING_READ,
    schema: sentSubscription,
    sample: {
      plan: "team",
      plan_version: 1,
      status: "active",
      billing_cycle: "monthly",
      seats: 1,
      current_period_end: "2026-12-24T10:00:00.000Z",
      cancel_at: null,
    },
    of: ({ plan, planVersion, status, billingCycle, seats, currentPeriodEnd, cancelAt }) => ({
      plan,
      plan_version: planVersion,
      status,
      billing_cycle: billingCycle,
      seats,
      current_period_end: currentPeriodEnd,
      cancel_at: cancelAt,
    }),
  });
}

function invoiceData(description: string): WebhookData<NamedInvoice> {
  return webhookData<NamedInvoice, typeof sentInvoice>({
    description,
    permission: BILLING_READ,
    schema: sentInvoice,
    sample: {
      id: "0198c0de-7b2c-7d33-8e4f-60718293a4b5",
      number: "INV-0042",
      status: "paid",
      total: 2_900,
      currency: "usd",
    },
    of: ({ id, name, status, total, currency }) => ({ id, number: name, status, total, currency }),
  });
}
