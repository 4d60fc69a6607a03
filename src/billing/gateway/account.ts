import type { Currency } from "../money.ts";
import type { Price } from "../prices.ts";

/** The gateway's statuses, which are Stripe's. https://docs.stripe.com/api/subscriptions/object#subscription_object-status */
export const SUBSCRIPTION_STATUSES = [
  "incomplete",
  "incomplete_expired",
  "trialing",
  "active",
  "past_due",
  "canceled",
  "unpaid",
  "paused",
] as const;
export type SubscriptionStatus = typeof SUBSCRIPTION_STATUSES[number];

export const INVOICE_STATUSES = ["draft", "open", "paid", "void", "uncollectible"] as const;
export type InvoiceStatus = typeof INVOICE_STATUSES[number];

/** Everything that the gateway knows of a customer, in our terms. Sync writes this and nothing else. */
export type GatewayAccount = {
  customerId: string;
  /** The customer was deleted at the gateway. Its lists are then empty. */
  isDeleted: boolean;
  /** Whether real money moves. */
  isLive: boolean;
  /** How far the customer's clock is ahead of the real one, in milliseconds. 0 wherever real money moves. */
  clockAhead: number;
  /** The method that the next invoice charges, or null without one. */
  paymentMethod: PaymentMethod | null;
  /** What the customer has as credit (positive) or owes (negative), in the currency's smallest unit. */
  credit: number;
  /** Newest first, ended ones included. */
  subscriptions: GatewaySubscription[];
  /** Newest first, at most 100. Older ones are in our table since they were synced. */
  invoices: GatewayInvoice[];
};

export type PaymentMethod = {
  /** Such as "visa", or the method's type if it isn't a card. */
  brand: string;
  last4: string | null;
  expiryMonth: number | null;
  expiryYear: number | null;
};

export type GatewaySubscription = {
  id: string;
  status: SubscriptionStatus;
  /** Null if it isn't one of ours, for example because somebody changed it at the gateway by hand. */
  price: Price | null;
  seats: number;
  createdAt: Date;
  currentPeriodStart: Date;
  currentPeriodEnd: Date;
  /** Until when nothing is charged, or null without a trial at the gateway. */
  trialEndsAt: Date | null;
  /** When it will end, by the flag or by a date. Null if it renews. */
  cancelAt: Date | null;
  canceledAt: Date | null;
  /** When it ended. Set exactly if the status is `canceled` or `incomplete_expired`. */
  endedAt: Date | null;
  /** The change that waits for the end of the period. */
  scheduled: { scheduleId: string; price: Price; seats: number; at: Date } | null;
  /** What takes something off each invoice, in this order. What does it only once is none of them. */
  discounts: GatewayDiscount[];
  /** A change that waits for a payment (`pending_if_incomplete`), and until when. */
  pending: { price: Price; seats: number; expiresAt: Date } | null;
};

/** What a discount takes off an invoice: a percentage, or an amount in the currency of the price. */
export type Off = { percent: number } | { amount: number };

/** `endsAt` is null for a discount that stays. */
export type GatewayDiscount = { off: Off; endsAt: Date | null };

export type GatewayInvoice = {
  id: string;
  /** Null for drafts. */
  number: string | null;
  status: InvoiceStatus;
  /** Null for a one-off charge. */
  subscriptionId: string | null;
  currency: Currency;
  total: number;
  amountDue: number;
  amountPaid: number;
  amountRefunded: number;
  isDisputed: boolean;
  periodStart: Date;
  periodEnd: Date;
  createdAt: Date;
  paidAt: Date | null;
  attempts: number;
  nextAttemptAt: Date | null;
  /** Why the last attempt failed, in words for people, or null. */
  failure: string | null;
  /** The bank asks the customer to confirm the payment (3-D Secure) at `payUrl`. */
  needsAction: boolean;
  /** Where the customer pays or confirms. Null if there is nothing to pay. */
  payUrl: string | null;
  pdfUrl: string | null;
  lines: InvoiceLine[];
};

export type InvoiceLine = {
  description: string;
  quantity: number;
  amount: number;
  periodStart: Date;
  periodEnd: Date;
};
