import type { InvoiceStatus, Off, SubscriptionStatus } from "../gateway/account.ts";
import type { Currency } from "../money.ts";
import type { Price } from "../prices.ts";

/** Milliseconds since 1970. The whole state is JSON. */
export type Moment = number;

/** Everything that the gateway knows of one customer. */
export type CustomerState = {
  customerId: string;
  name: string;
  email: string;
  isDeleted: boolean;
  /** How far the customer's life has been played. */
  now: Moment;
  /** Numbers the ids of everything below. */
  lastNumber: number;
  card: Card | null;
  /** What the customer has as credit, in the smallest unit of `CREDIT_CURRENCY`. */
  credit: number;
  checkouts: CheckoutState[];
  subscriptions: SubscriptionState[];
  invoices: InvoiceState[];
  /** Totals of metered usage by metric and hour. */
  usage: Record<string, Record<string, number>>;
};

export type Card = {
  brand: string;
  last4: string;
  expiryMonth: number;
  expiryYear: number;
  behavior: CardBehavior;
};

/**
 * What the bank does with a test card. `confirm_once` asks for a confirmation with the first payment, `confirm_always` with each one.
 * `decline_later` refuses every payment that the customer isn't present for.
 */
export type CardBehavior =
  | "accept"
  | "decline"
  | "insufficient_funds"
  | "expired"
  | "wrong_code"
  | "confirm_once"
  | "confirm_always"
  | "decline_later";

export type CheckoutState = {
  id: string;
  key: string;
  status: "open" | "complete" | "expired";
  price: Price;
  seats: number;
  trialEndsAt: Moment | null;
  successUrl: string;
  cancelUrl: string;
  expiresAt: Moment;
  /** What the customer ordered, once there is a card. */
  subscriptionId: string | null;
};

export type SubscriptionState = {
  id: string;
  status: SubscriptionStatus;
  price: Price;
  seats: number;
  coupon: Coupon | null;
  createdAt: Moment;
  /** Where periods are counted from, and the number of the current one. */
  anchor: Moment;
  period: number;
  periodStart: Moment;
  periodEnd: Moment;
  trialEndsAt: Moment | null;
  cancelsAtEnd: boolean;
  cancelAt: Moment | null;
  canceledAt: Moment | null;
  endedAt: Moment | null;
  scheduled: { scheduleId: string; price: Price; seats: number; at: Moment } | null;
  pending: PendingState | null;
  /** Lines that wait for the next invoice. */
  waitingLines: LineState[];
  /** The periods before the current one, each with the price that its usage is billed by. */
  closedPeriods: PeriodState[];
  /** Units of each metric above the allowance that were billed, by the start of the period. */
  billedUsage: Record<string, Record<string, number>>;
};

/** What takes something off the next invoice with an amount (`once`), or off each one. `endsAt` is null if it stays. */
export type Coupon = { off: Off; duration: "once" | "repeating" | "forever"; endsAt: Moment | null };

export type PeriodState = { price: Price; from: Moment; to: Moment };

/** A change that waits for the payment of an invoice. */
export type PendingState = {
  price: Price;
  seats: number;
  at: Moment;
  invoiceId: string;
  expiresAt: Moment;
  /** Lines of earlier changes that the invoice took along. They wait again if the invoice becomes void. */
  waitingLines: LineState[];
};

export type LineState = {
  description: string;
  quantity: number;
  amount: number;
  periodStart: Moment;
  periodEnd: Moment;
};

export type InvoiceState = {
  id: string;
  number: string;
  key: string | null;
  status: InvoiceStatus;
  subscriptionId: string | null;
  reason: "create" | "cycle" | "update" | "charge";
  currency: Currency;
  lines: LineState[];
  total: number;
  /** What the customer's credit paid. */
  creditUsed: number;
  amountPaid: number;
  amountRefunded: number;
  /** What was given back, by its key. */
  refunds: Record<string, number>;
  isDisputed: boolean;
  periodStart: Moment;
  periodEnd: Moment;
  createdAt: Moment;
  paidAt: Moment | null;
  attempts: number;
  nextAttemptAt: Moment | null;
  failure: string | null;
  needsAction: boolean;
};

/** Something happened at this moment. Events name their object, and nothing is decided by their content. */
export type EngineEvent = { id: string; type: string; at: Moment; objectId: string };

export function newCustomer(
  customerId: string,
  { name, email, now }: { name: string; email: string; now: Moment },
): CustomerState {
  return {
    customerId,
    name,
    email,
    isDeleted: false,
    now,
    lastNumber: 0,
    card: null,
    credit: 0,
    checkouts: [],
    subscriptions: [],
    invoices: [],
    usage: {},
  };
}
