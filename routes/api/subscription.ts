import { z } from "zod";
import {
  SUBSCRIPTION_CANCELED,
  SUBSCRIPTION_CREATED,
  SUBSCRIPTION_UPDATED,
  TRIAL_STARTED,
} from "../../src/billing/events.ts";
import { SUBSCRIPTION_STATUSES } from "../../src/billing/gateway/account.ts";
import { BILLING_MANAGE, BILLING_READ } from "../../src/billing/permissions.ts";
import { PLANS } from "../../src/billing/plans.ts";
import { BILLING_CYCLES } from "../../src/billing/prices.ts";
import { type PlanPreview, previewPlan } from "../../src/billing/plan_preview.ts";
import {
  cancelSubscription,
  getSubscription,
  type Ordered,
  orderPlan,
  resumeSubscription,
  subscriptionInput,
} from "../../src/billing/subscription.ts";
import { startTrial, trialInput } from "../../src/billing/trials.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";
import { requireAccessToken } from "./authentication.ts";

const subscription = model("Subscription", {
  plan: z.enum(PLANS),
  planVersion: z.int(),
  status: z.enum([...SUBSCRIPTION_STATUSES, "none"]),
  access: z.enum(["full", "restricted", "starter"]),
  billingCycle: z.enum(BILLING_CYCLES).nullable(),
  seats: z.int().nullable().openapi({ description: "The members that the plan includes. Null: any number." }),
  trialEndsAt: z.iso.datetime().nullable(),
  currentPeriodEnd: z.iso.datetime().nullable(),
  cancelAt: z.iso.datetime().nullable(),
  pendingPlan: z.enum(PLANS).nullable().openapi({ description: "The plan from the end of the period on." }),
}, {
  plan: "team",
  planVersion: 1,
  status: "active",
  access: "full",
  billingCycle: "monthly",
  seats: 15,
  trialEndsAt: null,
  currentPeriodEnd: "2026-12-24T10:00:00.000Z",
  cancelAt: null,
  pendingPlan: null,
});

const money = z.int().openapi({ description: "In the currency's smallest unit, such as cents." });

const invoiceLine = z.object({
  description: z.string(),
  quantity: z.number(),
  amount: money,
  periodStart: z.iso.datetime(),
  periodEnd: z.iso.datetime(),
});

const preview = model("SubscriptionPreview", {
  startsAt: z.iso.datetime().openapi({ description: "When the change applies." }),
  dueNow: money,
  lines: z.array(invoiceLine),
  nextInvoice: z.object({ at: z.iso.datetime(), total: money, lines: z.array(invoiceLine) }).nullable(),
  currency: z.string(),
  exceeded: z.array(z.object({ limit: z.string(), used: z.int(), included: z.int() })).openapi({
    description: "The limits of the wanted plan that the tenant exceeds now.",
  }),
  lostFeatures: z.array(z.string()).openapi({
    description: "The features that the tenant has now and that the wanted plan doesn't include.",
  }),
}, {
  startsAt: "2026-11-24T10:00:00.000Z",
  dueNow: 3_500,
  lines: [{
    description: "Remaining time on Premium",
    quantity: 1,
    amount: 4_950,
    periodStart: "2026-11-24T10:00:00.000Z",
    periodEnd: "2026-12-08T10:00:00.000Z",
  }],
  nextInvoice: { at: "2026-12-08T10:00:00.000Z", total: 9_900, lines: [] },
  currency: "usd",
  exceeded: [],
  lostFeatures: [],
});

const checkout = model("Checkout", { checkoutUrl: z.url() }, {
  checkoutUrl: "https://app.example.com/sandbox/checkout/cs_demo_1",
});

const subscriptions = tenantResource("Billing", "The tenant's plan, invoices and usage.");
export default subscriptions;

subscriptions.operation("get", "/subscription", {
  operationId: "getSubscription",
  summary: "Get the subscription",
  permission: BILLING_READ,
  answer: { description: "The subscription, or what the tenant has instead", schema: subscription },
  withoutEtag: true,
  run: (ctx) => getSubscription(ctx),
});

subscriptions.operation("post", "/subscription", {
  operationId: "orderPlan",
  summary: "Order or change the plan",
  description:
    "Answers 202 with the address of a page where somebody has to pay or confirm, or 200 with the subscription. An upgrade " +
    "is charged immediately. A smaller plan waits for the end of the period.",
  permission: BILLING_MANAGE,
  events: [SUBSCRIPTION_CREATED, SUBSCRIPTION_UPDATED],
  refusals: [409, 503],
  storesAnswer: "afterward",
  body: subscriptionInput,
  example: { plan: "team", billingCycle: "yearly" },
  answer: { description: "The changed subscription", schema: subscription },
  otherAnswer: {
    status: 202,
    description: "Somebody has to pay or confirm there",
    schema: checkout,
    applies: (ordered: Ordered) => "checkoutUrl" in ordered,
  },
  run: (ctx, { body }) => orderPlan(ctx, body),
  present: (ordered) => (ordered as Extract<Ordered, { subscription: unknown }>).subscription,
});

subscriptions.operation("delete", "/subscription", {
  operationId: "cancelSubscription",
  summary: "Cancel the subscription at the end of its period",
  permission: BILLING_MANAGE,
  events: [SUBSCRIPTION_UPDATED, SUBSCRIPTION_CANCELED],
  refusals: [409, 503],
  answer: { description: "The subscription with its end", schema: subscription },
  run: (ctx) => cancelSubscription(ctx),
});

subscriptions.operation("post", "/subscription/preview", {
  operationId: "previewPlan",
  summary: "Preview an order",
  description:
    "What it would cost now and at the end of the period, which limits the tenant would exceed, and which features it would lose.",
  permission: BILLING_MANAGE,
  refusals: [503],
  storesAnswer: "afterward",
  body: subscriptionInput,
  example: { plan: "premium", billingCycle: "monthly" },
  answer: { description: "The preview", schema: preview },
  run: (ctx, { body }) => previewPlan(ctx, body),
  present: shownPreview,
});

subscriptions.operation("post", "/subscription/resume", {
  operationId: "resumeSubscription",
  summary: "Undo a cancellation or a change that waits",
  permission: BILLING_MANAGE,
  events: [SUBSCRIPTION_UPDATED],
  refusals: [409, 503],
  storesAnswer: "afterward",
  answer: { description: "The subscription", schema: subscription },
  run: (ctx) => resumeSubscription(ctx),
});

subscriptions.operation("post", "/subscription/trial", {
  operationId: "startTrial",
  summary: "Start the free trial of a plan",
  description: "Without a card. Each tenant and each person has one trial.",
  guards: [requireAccessToken],
  permission: BILLING_MANAGE,
  events: [TRIAL_STARTED],
  refusals: [409],
  storesAnswer: "afterward",
  body: trialInput,
  example: { plan: "team" },
  answer: { description: "The subscription", schema: subscription },
  run: async (ctx, { body }) => {
    await startTrial(ctx, body);
    return await getSubscription(ctx);
  },
});

function shownPreview({ startsAt, change, exceeded, lost }: PlanPreview) {
  return {
    startsAt,
    dueNow: change?.dueNow.amount ?? 0,
    lines: change?.lines ?? [],
    nextInvoice: change && {
      at: change.next.at,
      total: change.next.total.amount,
      lines: change.next.lines,
    },
    currency: change?.dueNow.currency ?? "usd",
    exceeded: exceeded.map(({ limit, used, included }) => ({ limit: limit.name, used, included: included! })),
    lostFeatures: lost.map(({ key }) => key),
  };
}
