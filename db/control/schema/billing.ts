import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

const PLANS = ["starter", "team", "premium", "enterprise"] as const;

/**
 * A tenant's account with the payment gateway. It outlives the tenant, because a subscription must end at the gateway after its
 * tenant is gone. What the gateway says is only ever written by sync, together with what follows from it in `tenants`.
 */
export const billingAccounts = control.table("billing_accounts", {
  id: uuid("id").primaryKey(),
  /** Null when the tenant was deleted. */
  tenantId: uuid("tenant_id").$type<TenantId>().unique().references(() => tenants.id, {
    onDelete: "set null",
  }),
  gateway: text("gateway", { enum: ["stripe", "sandbox"] }).notNull(),
  /** Null before the first checkout. */
  customerId: text("customer_id"),
  /** Where receipts go. Null: to the members who manage billing. */
  email: text("email"),
  /** Raised by every event of the gateway. A sync that read an older generation than was synced writes nothing. */
  generation: integer("generation").notNull().default(0),
  syncedGeneration: integer("synced_generation").notNull().default(0),
  syncedAt: moment("synced_at"),
  /** What the gateway said at the last sync, as `StoredAccount`. Null before. */
  snapshot: jsonb("snapshot"),
  /** The subscription that counts, from the snapshot, for lists and figures. */
  subscriptionId: text("subscription_id"),
  status: text("status"),
  plan: text("plan", { enum: PLANS }),
  planVersion: integer("plan_version"),
  billingCycle: text("billing_cycle", { enum: ["monthly", "yearly"] }),
  seats: integer("seats"),
  /** What the subscription brings a month, in the currency's smallest unit. 0 unless it is being paid. */
  monthlyRevenue: integer("monthly_revenue").notNull().default(0),
  currency: text("currency"),
  currentPeriodEnd: moment("current_period_end"),
  cancelAt: moment("cancel_at"),
  /** The first failed payment since the last paid one. */
  pastDueSince: moment("past_due_since"),
  /** The trial, which is ours and needs no customer at the gateway. */
  trialPlan: text("trial_plan", { enum: PLANS }),
  trialPlanVersion: integer("trial_plan_version"),
  trialEndsAt: moment("trial_ends_at"),
  /** A plan that staff granted by hand, such as Enterprise, until its end or without one. */
  grantedPlan: text("granted_plan", { enum: PLANS }),
  grantedPlanVersion: integer("granted_plan_version"),
  grantedUntil: moment("granted_until"),
  /** How far the account's clock is ahead of the real one, in seconds. Only the sandbox's clocks are ahead. */
  clockAhead: integer("clock_ahead").notNull().default(0),
  /** The checkout that is open, so that a second one can expire it. */
  checkoutId: text("checkout_id"),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [
  uniqueIndex("billing_accounts_customer").on(table.gateway, table.customerId)
    .where(sql`${table.customerId} is not null`),
  index("billing_accounts_trial_end").on(table.trialEndsAt).where(sql`${table.trialEndsAt} is not null`),
  index("billing_accounts_past_due").on(table.pastDueSince).where(sql`${table.pastDueSince} is not null`),
  index("billing_accounts_unsynced").on(table.id)
    .where(sql`${table.generation} > ${table.syncedGeneration}`),
]);

/** Every invoice that a sync has seen. Money is in the currency's smallest unit. */
export const billingInvoices = control.table("billing_invoices", {
  id: uuid("id").primaryKey(),
  accountId: uuid("account_id").notNull().references(() => billingAccounts.id),
  gatewayId: text("gateway_id").notNull().unique(),
  number: text("number"),
  status: text("status", { enum: ["draft", "open", "paid", "void", "uncollectible"] }).notNull(),
  currency: text("currency").notNull(),
  total: integer("total").notNull(),
  amountDue: integer("amount_due").notNull(),
  amountPaid: integer("amount_paid").notNull(),
  amountRefunded: integer("amount_refunded").notNull(),
  isDisputed: boolean("is_disputed").notNull().default(false),
  periodStart: moment("period_start").notNull(),
  periodEnd: moment("period_end").notNull(),
  /** `InvoiceLine`s with times as text. */
  lines: jsonb("lines").notNull(),
  attempts: integer("attempts").notNull().default(0),
  failure: text("failure"),
  needsAction: boolean("needs_action").notNull().default(false),
  payUrl: text("pay_url"),
  pdfUrl: text("pdf_url"),
  createdAt: moment("created_at").notNull(),
  paidAt: moment("paid_at"),
}, (table) => [
  index("billing_invoices_account").on(table.accountId, table.createdAt, table.id),
  index("billing_invoices_created").on(table.createdAt),
]);

/** The events that a gateway sent. They are kept as evidence, and their content decides nothing. */
export const billingEvents = control.table("billing_events", {
  id: text("id").primaryKey(),
  gateway: text("gateway", { enum: ["stripe", "sandbox"] }).notNull(),
  type: text("type").notNull(),
  /** Null if the customer is none of ours. */
  accountId: uuid("account_id").references(() => billingAccounts.id),
  /** The exact body. Empty once it is old, or once the tenant is deleted. */
  body: text("body").notNull(),
  createdAt: moment("created_at").notNull(),
  receivedAt: moment("received_at").notNull(),
}, (table) => [
  index("billing_events_account").on(table.accountId, table.receivedAt, table.id),
  index("billing_events_received").on(table.receivedAt),
]);

/** What an account was told once, such as that its trial ends in 3 days. The key names the occasion. */
export const billingNotices = control.table("billing_notices", {
  accountId: uuid("account_id").notNull().references(() => billingAccounts.id),
  key: text("key").notNull(),
  sentAt: moment("sent_at").notNull(),
}, (table) => [primaryKey({ columns: [table.accountId, table.key] })]);

export const BILLING_MOVEMENTS = [
  "trial_started",
  "trial_ended",
  "subscribed",
  "upgraded",
  "downgraded",
  "resubscribed",
  "canceled",
  "payment_failed",
  "payment_recovered",
  "refunded",
] as const;

/** What changed an account's plan or revenue, for the figures by month and the account's story. Never changed, never removed. */
export const billingMovements = control.table("billing_movements", {
  id: uuid("id").primaryKey(),
  accountId: uuid("account_id").notNull().references(() => billingAccounts.id),
  kind: text("kind", { enum: BILLING_MOVEMENTS }).notNull(),
  planBefore: text("plan_before", { enum: PLANS }),
  planAfter: text("plan_after", { enum: PLANS }),
  /** Monthly revenue in the currency's smallest unit; for `refunded`, `revenueAfter` is minus the amount given back. */
  revenueBefore: integer("revenue_before").notNull(),
  revenueAfter: integer("revenue_after").notNull(),
  currency: text("currency").notNull(),
  at: moment("at").notNull(),
}, (table) => [
  index("billing_movements_account").on(table.accountId, table.at, table.id),
  index("billing_movements_at").on(table.at),
]);

/** Who had a trial: once per person. The hash of the address stays when the person's account is deleted. */
export const billingTrials = control.table("billing_trials", {
  /** The keyed hash of the person's address. */
  addressHash: text("address_hash").primaryKey(),
  userId: uuid("user_id").$type<UserId>().references(() => users.id, { onDelete: "set null" }),
  startedAt: moment("started_at").notNull(),
}, (table) => [index("billing_trials_user").on(table.userId).where(sql`${table.userId} is not null`)]);

/** The key of the hashes in `billing_trials`. It never changes, so they stay valid when `APP_SECRET` does. */
export const billingTrialKeys = control.table("billing_trial_keys", {
  id: text("id").primaryKey(),
  sealedKey: text("sealed_key").notNull(),
});

/** The sandbox gateway's customers: everything that its engine knows of one, and the clock that it lives by. */
export const sandboxCustomers = control.table("sandbox_customers", {
  id: text("id").primaryKey(),
  accountId: uuid("account_id").notNull().unique().references(() => billingAccounts.id, {
    onDelete: "cascade",
  }),
  /** The engine's state, as it stores it. */
  state: jsonb("state").notNull(),
  /** How far the customer's clock is ahead of the real one, in seconds. */
  clockAhead: integer("clock_ahead").notNull().default(0),
  /** Raised by every change. A change that read an older version starts again. */
  version: integer("version").notNull().default(1),
  updatedAt: moment("updated_at").notNull(),
});

/**
 * What programs reported of a metered metric. The key makes a report count once. Rows are deleted when no report for their time is
 * taken any longer; the sums stay.
 */
export const usageEvents = control.table("usage_events", {
  /** Without a foreign key, which would be checked for each row. Deleting a tenant deletes its rows. */
  tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
  metric: text("metric").notNull(),
  key: text("key").notNull(),
  value: bigint("value", { mode: "number" }).notNull(),
  occurredAt: moment("occurred_at").notNull(),
}, (table) => [
  primaryKey({ columns: [table.tenantId, table.metric, table.key] }),
  // Only the nightly deletion reads it. Rows come nearly in this order, so a BRIN index serves it and hardly slows an insert.
  index("usage_events_occurred").using("brin", table.occurredAt),
]);

/** The sum of each metric in each hour, and what of it the gateway knows. */
export const usageHours = control.table("usage_hours", {
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  metric: text("metric").notNull(),
  hour: moment("hour").notNull(),
  total: bigint("total", { mode: "number" }).notNull(),
  reported: bigint("reported", { mode: "number" }).notNull().default(0),
}, (table) => [
  primaryKey({ columns: [table.tenantId, table.metric, table.hour] }),
  index("usage_hours_unreported").on(table.tenantId, table.hour).where(
    sql`${table.total} <> ${table.reported}`,
  ),
]);
