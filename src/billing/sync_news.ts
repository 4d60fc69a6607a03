import { eq } from "drizzle-orm";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { billingInvoices, billingMovements } from "../../db/control/schema/billing.ts";
import type { SystemContext } from "../context.ts";
import { publish } from "../events/publish.ts";
import { newId } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import { logSchemaOf } from "../tenancy/admission.ts";
import { emailOwners } from "../tenancy/owners.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { type BillingAccount, timeOf } from "./accounts.ts";
import { invoiceNews, isChanged, movementsOf, planOrStarter, type StoredInvoice } from "./differences.ts";
import {
  ACTION_REQUIRED_EMAIL,
  CANCELED_EMAIL,
  LAST_PAYMENT_FAILED_EMAIL,
  RECEIPT_EMAIL,
  REFUND_EMAIL,
} from "./emails.ts";
import {
  INVOICE_DISPUTED,
  INVOICE_PAID,
  INVOICE_PAYMENT_FAILED,
  INVOICE_REFUNDED,
  type NamedSubscription,
  SUBSCRIPTION_CANCELED,
  SUBSCRIPTION_CREATED,
  SUBSCRIPTION_UPDATED,
} from "./events.ts";
import type { GatewayInvoice } from "./gateway/account.ts";
import { planOf } from "./plans.ts";

const log = logOf("billing");

/** What a sync changed in an account, and the transaction that it writes in. */
export type News = {
  ctx: SystemContext;
  tx: ControlTx;
  tenant: Tenant | null;
  before: BillingAccount;
  after: BillingAccount;
};

/** Publishes and emails what became of an invoice. */
export async function tellInvoice(
  news: News,
  invoice: GatewayInvoice,
  { stored, isForEnded }: { stored: StoredInvoice | undefined; isForEnded: boolean },
): Promise<void> {
  const { ctx, tx, tenant, after } = news;
  if (!tenant) return;
  const { isPaid, hasFailed, isFirstFailure, needsAction, refunded, isDisputed } = invoiceNews(
    stored,
    invoice,
  );
  if (!isPaid && !hasFailed && !needsAction && refunded === 0 && !isDisputed) return;
  const [row] = await tx.select().from(billingInvoices).where(eq(billingInvoices.gatewayId, invoice.id));
  const { id, number, status, total, currency } = row!;
  const named = { id, name: number ?? id, status, total, currency };
  const schema = await logSchemaOf(ctx.services, tx, tenant);
  const tell = (email: typeof RECEIPT_EMAIL, amount?: number) =>
    emailOwners(ctx, tx, tenant.id, email, (userId) => ({ userId, invoiceId: id, amount }));
  if (isPaid) {
    await publish(ctx, tx, INVOICE_PAID, { after: named, schema });
    await tell(RECEIPT_EMAIL);
  }
  if (hasFailed) await publish(ctx, tx, INVOICE_PAYMENT_FAILED, { after: named, schema });
  // While a subscription is in force, reminders follow its past due date.
  if (isFirstFailure && isForEnded) await tell(LAST_PAYMENT_FAILED_EMAIL, invoice.amountDue);
  if (needsAction) await tell(ACTION_REQUIRED_EMAIL);
  if (isDisputed) {
    await publish(ctx, tx, INVOICE_DISPUTED, { after: named, schema });
    log.warn("a payment was disputed", { accountId: after.id, invoiceId: id });
  }
  if (refunded === 0) return;
  await publish(ctx, tx, INVOICE_REFUNDED, { after: named, details: { refunded, currency }, schema });
  await tell(REFUND_EMAIL, refunded);
  await addMovement(news, "refunded", { before: 0, after: -refunded });
}

/** Notes, publishes and emails what became of the subscription. */
export async function tellSubscription(news: News): Promise<void> {
  const { ctx, tx, tenant, before, after } = news;
  const hadSubscription = before.snapshot?.subscriptions.some(({ status }) => status === "canceled") ?? false;
  for (const kind of movementsOf({ ...before, hadSubscription }, after)) {
    await addMovement(news, kind, { before: before.monthlyRevenue, after: after.monthlyRevenue });
  }
  if (!tenant || !isChanged(before, after)) return;
  const was = before.subscriptionId !== null;
  const is = after.subscriptionId !== null;
  if (!was && !is) return;
  const event = !was ? SUBSCRIPTION_CREATED : !is ? SUBSCRIPTION_CANCELED : SUBSCRIPTION_UPDATED;
  const schema = await logSchemaOf(ctx.services, tx, tenant);
  await publish(ctx, tx, event, {
    ...(was && is ? { before: named(before) } : {}),
    after: named(after),
    schema,
  });
  if (event !== SUBSCRIPTION_CANCELED) return;
  const plan = planOrStarter(before.plan);
  await emailOwners(ctx, tx, tenant.id, CANCELED_EMAIL, (userId) => ({ userId, plan }));
}

async function addMovement(
  { ctx, tx, before, after }: News,
  kind: typeof billingMovements.$inferInsert.kind,
  revenue: { before: number; after: number },
): Promise<void> {
  await tx.insert(billingMovements).values({
    id: newId(),
    accountId: after.id,
    kind,
    planBefore: before.subscriptionId ? before.plan : "starter",
    planAfter: after.subscriptionId ? after.plan : "starter",
    revenueBefore: revenue.before,
    revenueAfter: revenue.after,
    currency: after.currency ?? "usd",
    at: timeOf(after, ctx.services.clock),
  });
}

function named(account: BillingAccount): NamedSubscription {
  const plan = planOrStarter(account.plan);
  return {
    id: account.id,
    name: planOf(plan).name.english,
    plan,
    planVersion: account.planVersion ?? 1,
    status: (account.status ?? "canceled") as NamedSubscription["status"],
    billingCycle: account.billingCycle,
    seats: account.seats ?? 1,
    currentPeriodEnd: account.currentPeriodEnd?.toISOString() ?? null,
    cancelAt: account.cancelAt?.toISOString() ?? null,
  };
}
