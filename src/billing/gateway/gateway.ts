import type { Cents, Money } from "../money.ts";
import type { Plan } from "../plans.ts";
import type { PaidPlan, Price } from "../prices.ts";
import type { GatewayAccount, GatewayInvoice, InvoiceLine } from "./account.ts";

export const GATEWAYS = ["stripe", "sandbox"] as const;
export type GatewayName = typeof GATEWAYS[number];

/**
 * What takes the money. Both drivers pass the same contract suite. Results are in our types, and what a bank or a customer does
 * is a value. Every method throws `unavailable` if the gateway doesn't answer, and `not_found` for an id that it doesn't know.
 * `key` is an idempotency key: the same call with the same key happens once.
 */
export interface Gateway {
  readonly name: GatewayName;
  /** Whether real money moves. */
  readonly isLive: boolean;
  /** Creates the customer, or brings the name and address of `customerId` up to date. Returns the customer's id. */
  ensureCustomer(customer: CustomerInput): Promise<string>;
  openCheckout(order: CheckoutOrder): Promise<Checkout>;
  /** Does nothing if it was completed or expired before. */
  expireCheckout(checkoutId: string): Promise<void>;
  /** Where customers change their payment method and see invoices. */
  openPortal(portal: { customerId: string; returnUrl: string }): Promise<{ url: string }>;
  /** What a change would cost. With the current price and seats, this is the next invoice. */
  previewChange(change: SubscriptionChange): Promise<ChangePreview>;
  /** Changes price and seats immediately. If the payment fails, the subscription stays as it was. */
  change(change: SubscriptionChange & { key: string }): Promise<PaymentOutcome>;
  /** Changes seats and charges the difference with the next invoice of the period. */
  changeSeats(change: { subscriptionId: string; seats: number; key: string }): Promise<void>;
  /** Changes price and seats at the end of the period. Replaces what was scheduled before. */
  scheduleChange(change: Omit<SubscriptionChange, "at"> & { key: string }): Promise<void>;
  /** Drops the scheduled change, if any. */
  releaseSchedule(subscriptionId: string): Promise<void>;
  /** Ends the subscription with its period. */
  cancelAtEnd(subscriptionId: string): Promise<void>;
  /** Ends the subscription immediately, without a refund. Does nothing if it has ended. */
  cancelNow(subscriptionId: string): Promise<void>;
  /** Undoes `cancelAtEnd`. */
  keep(subscriptionId: string): Promise<void>;
  fetchAccount(customerId: string): Promise<GatewayAccount>;
  fetchInvoice(invoiceId: string): Promise<GatewayInvoice>;
  /** Tries to charge the payment method for an open invoice. */
  payInvoice(invoiceId: string): Promise<PaymentOutcome>;
  /** Does nothing if it is paid or void. */
  voidInvoice(invoiceId: string): Promise<void>;
  /** Gives back `amount`, or all that is left of a paid invoice. */
  refund(refund: { invoiceId: string; amount: number | null; key: string }): Promise<Money>;
  /** Bills an amount once, now. */
  charge(
    charge: { customerId: string; money: Money; description: string; key: string },
  ): Promise<PaymentOutcome>;
  /** How the gateway's products and prices differ from the plans and metrics. Empty if they are in step. */
  diffCatalog(catalog: Catalog): Promise<CatalogChange[]>;
  /** Applies such differences. Applying them again changes nothing. */
  applyCatalog(catalog: Catalog, changes: readonly CatalogChange[]): Promise<void>;
  /** Sets the totals of hours. Sending one again, also with another total, replaces the earlier one. */
  reportUsage(report: UsageReport): Promise<void>;
  /** Checks the signature over the exact bytes and reads the event. Says why not, if it is none. */
  verifyEvent(body: Uint8Array, signature: string | undefined): Promise<VerifiedEvent>;
}

export type CustomerInput = {
  accountId: string;
  customerId: string | null;
  /** The workspace's name. */
  name: string;
  /** Where receipts go. */
  email: string;
};

export type CheckoutOrder = {
  customerId: string;
  price: Price;
  seats: number;
  /** Nothing is charged until then. Null charges immediately. */
  trialEndsAt: Date | null;
  successUrl: string;
  cancelUrl: string;
  key: string;
};

/** `chargesAt` is when the first payment is due. */
export type Checkout = { id: string; url: string; expiresAt: Date; chargesAt: Date };

export type SubscriptionChange = {
  subscriptionId: string;
  price: Price;
  seats: number;
  /** The moment that proration counts from. Give `change` that of its preview. */
  at: Date;
};

/** `dueNow` is charged with the change; `next` is the invoice at the end of the period. Both include proration. */
export type ChangePreview = {
  dueNow: Money;
  lines: InvoiceLine[];
  next: { at: Date; total: Money; lines: InvoiceLine[] };
};

export type PaymentOutcome =
  | { outcome: "paid" }
  /** `reason` is for people, such as "Your card was declined." */
  | { outcome: "declined"; reason: string }
  /** The customer has to confirm the payment there (3-D Secure). */
  | { outcome: "action_required"; url: string };

/** A metered metric, and the plan versions that bill it: units above `included` cost `price` each. */
export type CatalogMetric = {
  key: string;
  name: string;
  overage: readonly { plan: PaidPlan; version: number; included: number; price: Cents }[];
};
export type Catalog = { plans: readonly Plan[]; metrics: readonly CatalogMetric[] };

export type CatalogChange = {
  action: "create" | "update" | "archive";
  kind: "product" | "price" | "meter";
  /** The product's, price's or meter's key. */
  key: string;
  /** What differs, such as "name: Team -> Teams". Null for what is created. */
  difference: string | null;
};

export type UsageReport = {
  customerId: string;
  hours: readonly HourlyUsage[];
  /** What was used of a metric from one hour until before another. A gateway asks for it to bill an hour of a period that it has closed. */
  usedBetween: (metric: string, from: Date, until: Date) => Promise<number>;
};

/** `hour` is its start. */
export type HourlyUsage = { metric: string; hour: Date; total: number };

export type VerifiedEvent =
  | { verdict: "valid"; event: GatewayEvent }
  /** The request is none of the gateway's, or too old: answer 400. */
  | { verdict: "invalid"; reason: string }
  /** Signed, but nothing that we know. Keep `body` and answer 200. */
  | { verdict: "unknown"; reason: string };

/** A hint that a customer changed. Nothing but these fields is ever used of an event. */
export type GatewayEvent = {
  id: string;
  type: string;
  createdAt: Date;
  isLive: boolean;
  customerId: string | null;
};
