import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { billingAccounts, billingInvoices } from "../../db/control/schema/billing.ts";
import { BillingEmail, type BillingEmailData } from "../../views/emails/billing_email.tsx";
import type { BillingMessage } from "../../views/emails/billing_text.en.ts";
import { billingText } from "../../views/emails/billing_text.ts";
import type { UserId } from "../access/actor.ts";
import type { TenantContext } from "../context.ts";
import { OWNERS, type Recipient } from "../email/audience.ts";
import { email } from "../email/email.ts";
import { SAMPLE } from "../email/sample.ts";
import { DAY } from "../platform/clock.ts";
import { idSchema } from "../platform/ids.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import { accessOf } from "./access.ts";
import { type BillingAccount, currentSubscription, timeOf, toAccount } from "./accounts.ts";
import { currencyOf, formatMoney } from "./money.ts";
import { type PlanKey, planOf, PLANS } from "./plans.ts";

const aboutInvoice = z.object({
  userId: idSchema<UserId>(),
  invoiceId: z.uuid(),
  amount: z.int().optional(),
});
const aboutAccount = z.object({ userId: idSchema<UserId>(), plan: z.string(), days: z.int().optional() });

export const RECEIPT_EMAIL = ofInvoice("receipt", "/billing");
export const REFUND_EMAIL = ofInvoice("refund", "/billing");
/** The link leads to the bank's page. */
export const ACTION_REQUIRED_EMAIL = ofInvoice("action_required", null);
/** The link leads to the invoice. */
export const LAST_PAYMENT_FAILED_EMAIL = ofInvoice("last_payment_failed", null);
export const PAYMENT_FAILED_EMAIL = ofAccount("payment_failed");
export const READ_ONLY_EMAIL = ofAccount("read_only");
export const TRIAL_ENDING_EMAIL = ofAccount("trial_ending");
export const TRIAL_ENDED_EMAIL = ofAccount("trial_ended");
export const CANCELED_EMAIL = ofAccount("canceled");
export const CARD_EXPIRING_EMAIL = ofAccount("card_expiring");

export const LIMIT_NEAR_EMAIL = ofUsage("limit_near");
export const LIMIT_REACHED_EMAIL = ofUsage("limit_reached");

export const BILLING_EMAILS = [
  LIMIT_NEAR_EMAIL,
  LIMIT_REACHED_EMAIL,
  RECEIPT_EMAIL,
  REFUND_EMAIL,
  ACTION_REQUIRED_EMAIL,
  PAYMENT_FAILED_EMAIL,
  LAST_PAYMENT_FAILED_EMAIL,
  READ_ONLY_EMAIL,
  TRIAL_ENDING_EMAIL,
  TRIAL_ENDED_EMAIL,
  CANCELED_EMAIL,
  CARD_EXPIRING_EMAIL,
];

function ofInvoice(
  message: "receipt" | "refund" | "action_required" | "last_payment_failed",
  path: string | null,
) {
  return email(`billing_${message}`, {
    ...contentOf(message),
    to: OWNERS,
    isUnlimited: true,
    request: aboutInvoice,
    load: async (ctx, reader, { invoiceId, amount }) => {
      const found = await findInvoice(ctx, invoiceId);
      if (!found) return null;
      const { invoice, account } = found;
      const money = { amount: amount ?? invoice.total, currency: currencyOf(invoice.currency) };
      return {
        ...dataOf(ctx, reader, message, account.plan ?? "starter"),
        amount: formatMoney(money),
        number: invoice.number,
        reason: invoice.failure,
        url: path === null && invoice.payUrl ? invoice.payUrl : billingUrl(ctx),
      };
    },
    sample: sampleOf(message, {
      amount: "$29.00",
      number: "INV-0042",
      reason: message === "last_payment_failed" ? "The card was declined." : null,
    }),
  });
}

function ofAccount(
  message: "payment_failed" | "read_only" | "trial_ending" | "trial_ended" | "canceled" | "card_expiring",
) {
  return email(`billing_${message}`, {
    ...contentOf(message),
    to: OWNERS,
    isUnlimited: true,
    request: aboutAccount,
    load: async (ctx, reader, { plan, days }) => {
      const account = await findAccountOf(ctx);
      if (!account) return null;
      const open = account.snapshot?.invoices.find(({ status }) => status === "open");
      const { access, planUntil } = accessOf(account, timeOf(account, ctx.services.clock));
      return {
        ...dataOf(ctx, reader, message, plan as PlanKey),
        amount: open ? formatMoney({ amount: open.amountDue, currency: open.currency }) : null,
        number: open?.number ?? null,
        reason: open?.failure ?? null,
        card: account.snapshot?.paymentMethod?.last4 ?? null,
        day: access === "full" ? planUntil : currentSubscription(account)?.currentPeriodEnd ?? null,
        days: days ?? null,
        url: billingUrl(ctx),
      };
    },
    sample: sampleOf(message, {
      amount: message === "payment_failed" || message === "read_only" ? "$29.00" : null,
      number: null,
      days: message === "trial_ending" ? 3 : 0,
      day: new Date("2026-12-24T10:00:00Z"),
      card: "4242",
      reason: message === "payment_failed" ? "The card was declined." : null,
    }),
  });
}

function ofUsage(message: "limit_near" | "limit_reached") {
  return email(`billing_${message}`, {
    ...contentOf(message),
    to: OWNERS,
    isUnlimited: true,
    request: z.object({ userId: idSchema<UserId>(), plan: z.enum(PLANS), metric: z.string() }),
    load: (ctx, reader, { plan, metric }) => {
      const meter = ctx.services.meters.find(({ key }) => key === metric);
      if (!meter) return Promise.resolve(null);
      return Promise.resolve({
        ...dataOf(ctx, reader, message, plan),
        metricName: meter.label.english.toLowerCase(),
        url: billingUrl(ctx),
      });
    },
    sample: sampleOf(message, { metricName: "compute minutes" }),
  });
}

function contentOf(message: BillingMessage) {
  return {
    subject: (data: BillingEmailData, _brand: unknown, locale: Parameters<typeof billingText.of>[0]) =>
      billingText.of(locale).messages[message].subject(data),
    preheader: (data: BillingEmailData, _brand: unknown, locale: Parameters<typeof billingText.of>[0]) =>
      billingText.of(locale).messages[message].preheader(data),
    view: BillingEmail,
  };
}

function dataOf({ tenant }: TenantContext, reader: Recipient, message: BillingMessage, plan: PlanKey) {
  return {
    message,
    tenantName: reader.emailVerifiedAt ? tenant.name : null,
    planName: planOf(plan).name.english,
    amount: null as string | null,
    number: null as string | null,
    day: null as Date | null,
    days: null as number | null,
    card: null as string | null,
    reason: null as string | null,
    metricName: null as string | null,
  };
}

function sampleOf(message: BillingMessage, facts: Partial<BillingEmailData>): BillingEmailData {
  return {
    message,
    tenantName: SAMPLE.tenantName,
    planName: "Team",
    amount: null,
    number: null,
    day: null,
    days: null,
    card: null,
    reason: null,
    metricName: null,
    url: `${SAMPLE.workspace}/billing`,
    ...facts,
  };
}

async function findInvoice({ system, tenant }: TenantContext, id: string) {
  const [row] = await system.control.select().from(billingInvoices)
    .innerJoin(billingAccounts, eq(billingAccounts.id, billingInvoices.accountId))
    .where(and(eq(billingInvoices.id, id), eq(billingAccounts.tenantId, tenant.id)));
  return row ? { invoice: row.billing_invoices, account: row.billing_accounts } : null;
}

async function findAccountOf({ system, tenant }: TenantContext): Promise<BillingAccount | null> {
  const [row] = await system.control.select().from(billingAccounts)
    .where(eq(billingAccounts.tenantId, tenant.id));
  return row ? toAccount(row) : null;
}

function billingUrl({ services, tenant }: TenantContext): string {
  return `${tenantUrl(services.config.appUrl, tenant)}/billing`;
}

/** How many days lie between two moments, rounded down. */
export function daysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY);
}
