import { plural } from "../text.ts";
import { formatDay } from "./formats.ts";

/** What the texts of billing emails may mention. Null where an email has no such thing. */
export type BillingFacts = {
  planName: string;
  amount: string | null;
  number: string | null;
  day: Date | null;
  /** How many days are left, or have passed. */
  days: number | null;
  /** The last four digits of the card. */
  card: string | null;
  /** Why a payment failed. */
  reason: string | null;
  /** What is metered, such as "compute minutes". */
  metricName: string | null;
};

type Said = {
  subject: (facts: BillingFacts) => string;
  preheader: (facts: BillingFacts) => string;
  body: (facts: BillingFacts) => string[];
  button: string;
};

const dayOf = ({ day }: BillingFacts) => day ? formatDay(day) : "";

const messages = {
  receipt: {
    subject: ({ amount }) => `Receipt for your payment of ${amount}`,
    preheader: ({ number }) => `Invoice ${number} is paid.`,
    body: (
      { amount, planName },
    ) => [`We received your payment of ${amount} for the ${planName} plan. Thank you.`],
    button: "View the invoice",
  },
  payment_failed: {
    subject: () => "Your payment failed",
    preheader: ({ amount }) => `We couldn't charge ${amount}.`,
    body: ({ amount, planName, reason, days }) => [
      `We couldn't charge ${amount} for the ${planName} plan. ${reason ?? ""}`.trim(),
      days === 0
        ? "We'll try again in a few days. To keep everything running, update your payment method."
        : `The payment is ${
          plural(days ?? 0, "day")
        } late. Update your payment method, and we'll charge it again.`,
    ],
    button: "Update the payment method",
  },
  last_payment_failed: {
    subject: () => "Your last payment failed",
    preheader: ({ amount }) => `We couldn't charge ${amount}.`,
    body: ({ amount, planName, reason }) => [
      `We couldn't charge ${amount} for your ${planName} plan, which has ended. ${reason ?? ""}`.trim(),
      "Pay the invoice to close it. Until then, you can't choose another plan.",
    ],
    button: "Pay the invoice",
  },
  read_only: {
    subject: () => "Your workspace is now read-only",
    preheader: () => "Pay the open invoice to use everything again.",
    body: ({ amount }) => [
      `We couldn't charge ${amount} for two weeks, so your workspace is read-only now. Nothing was deleted.`,
      "Update your payment method, and everything works again immediately.",
    ],
    button: "Update the payment method",
  },
  action_required: {
    subject: () => "Confirm your payment",
    preheader: ({ amount }) => `Your bank asks you to confirm the payment of ${amount}.`,
    body: ({ amount, planName }) => [
      `Your bank wants you to confirm the payment of ${amount} for the ${planName} plan. We can't charge it before you do.`,
    ],
    button: "Confirm the payment",
  },
  trial_ending: {
    subject: ({ planName, days }) => `Your ${planName} trial ends in ${plural(days ?? 0, "day")}`,
    preheader: (facts) => `Choose a plan by ${dayOf(facts)} to keep everything.`,
    body: (facts) => [
      `Your trial of ${facts.planName} ends on ${
        dayOf(facts)
      }. Then your workspace moves to the Starter plan.`,
      "Nothing is deleted, but you can't add more than Starter includes.",
    ],
    button: "Choose a plan",
  },
  trial_ended: {
    subject: ({ planName }) => `Your ${planName} trial has ended`,
    preheader: () => "Your workspace is on the Starter plan now.",
    body: ({ planName }) => [
      `Your trial of ${planName} has ended, and your workspace is on the Starter plan. Everything that you created is still there.`,
    ],
    button: "Choose a plan",
  },
  canceled: {
    subject: ({ planName }) => `Your ${planName} subscription has ended`,
    preheader: () => "Your workspace is on the Starter plan now.",
    body: ({ planName }) => [
      `Your ${planName} subscription has ended, and you won't be charged again. Your workspace is on the Starter plan, and nothing was deleted.`,
    ],
    button: "See your plan",
  },
  card_expiring: {
    subject: ({ card }) => `Your card ending in ${card} expires soon`,
    preheader: () => "Add a new card before the next payment.",
    body: ({ card, planName }) => [
      `The card ending in ${card} expires this month. Add a new one so that the next payment for the ${planName} plan goes through.`,
    ],
    button: "Update the payment method",
  },
  refund: {
    subject: ({ amount }) => `We refunded ${amount}`,
    preheader: ({ number }) => `The refund is for invoice ${number}.`,
    body: ({ amount, number }) => [
      `We refunded ${amount} of invoice ${number}. It can take up to ten days to show up in your account.`,
    ],
    button: "View the invoice",
  },
  limit_near: {
    subject: ({ planName }) => `You've used most of what ${planName} includes`,
    preheader: () => "See what is left.",
    body: (
      { metricName, planName },
    ) => [
      `You have used 80% of the ${metricName} that the ${planName} plan includes in this billing period.`,
    ],
    button: "See your usage",
  },
  limit_reached: {
    subject: ({ planName }) => `You've used everything ${planName} includes`,
    preheader: () => "Choose a larger plan to get more.",
    body: (
      { metricName, planName },
    ) => [
      `You have used all of the ${metricName} that the ${planName} plan includes in this billing period.`,
    ],
    button: "See your usage",
  },
} satisfies Record<string, Said>;

export type BillingMessage = keyof typeof messages;

export const en = {
  facts: {
    workspace: "Workspace",
    invoice: "Invoice",
    amount: "Amount",
    plan: "Plan",
    /** A name or an amount as it stands. */
    value: (value: string) => value,
  },
  messages: messages as Record<BillingMessage, Said>,
};
