import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { SECOND } from "../platform/clock.ts";
import type { ListQuery, Page } from "../platform/list.ts";
import type { Override } from "../tenancy/tenant.ts";
import { type Access, accessOf } from "./access.ts";
import { type BillingAccount, currentSubscription, findAccount, timeOf } from "./accounts.ts";
import type { StoredInvoice } from "./differences.ts";
import { getInvoiceRow, INVOICE_LIST } from "./invoices.ts";
import { type Currency, currencyOf } from "./money.ts";
import { BILLING_ACCOUNTS_MANAGE } from "./permissions.ts";
import type { PlanKey } from "./plans.ts";
import { refundable } from "./staff.ts";

const NEWEST = 10;

/** A moment at which something changes by itself. `plan` is the plan from then on, where it changes. */
export type Coming = {
  at: Date;
  what: "trial_ends" | "grant_ends" | "renews" | "charges" | "ends" | "changes" | "read_only" | "retries";
  plan: PlanKey | null;
};

/** An invoice with what staff can still give back of it. */
export type StaffInvoice =
  & Pick<StoredInvoice, "id" | "number" | "status" | "total" | "amountRefunded" | "isDisputed">
  & Pick<StoredInvoice, "createdAt" | "attempts" | "failure">
  & { currency: Currency; refundable: number };

/** A tenant's billing as staff see it. `now` and all times are on the account's clock, which only the sandbox moves ahead. */
export type BillingRecord = {
  now: Date;
  /** How far the account's clock is ahead of the real one, in milliseconds. */
  clockAhead: number;
  /** Null if the tenant never had anything to do with billing. */
  account: BillingAccount | null;
  /** What the tenant may do, and why. */
  access: Access;
  /** The next moment first. */
  coming: Coming[];
  invoices: StaffInvoice[];
  hasMoreInvoices: boolean;
  overrides: readonly Override[];
};

/** Throws `forbidden`. */
export async function getBillingRecord(ctx: TenantContext): Promise<BillingRecord> {
  authorize(ctx, BILLING_ACCOUNTS_MANAGE);
  const { system, services, tenant } = ctx;
  const account = await findAccount(system.control, tenant.id);
  const now = account ? timeOf(account, services.clock) : services.clock.now();
  const invoices = await readInvoices(ctx, account, { sort: "-createdAt", limit: NEWEST });
  return {
    now,
    clockAhead: (account?.clockAhead ?? 0) * SECOND,
    account,
    access: account ? accessOf(account, now) : granted(ctx),
    coming: account ? comingOf(account, now) : [],
    invoices: invoices.items,
    hasMoreInvoices: invoices.nextCursor !== null,
    overrides: tenant.overrides,
  };
}

/** All invoices of the tenant, newest first, without drafts. Throws `forbidden`, or `invalid` for a cursor of another list. */
export async function listStaffInvoices(
  ctx: TenantContext,
  query: ListQuery<typeof INVOICE_LIST>,
): Promise<Page<StaffInvoice>> {
  authorize(ctx, BILLING_ACCOUNTS_MANAGE);
  return await readInvoices(ctx, await findAccount(ctx.system.control, ctx.tenant.id), query);
}

/** An invoice that staff are about to change. Throws `forbidden` or `not_found`. */
export async function getStaffInvoice(
  ctx: TenantContext,
  id: string,
): Promise<StaffInvoice & { name: string; amountPaid: number }> {
  authorize(ctx, BILLING_ACCOUNTS_MANAGE);
  const row = await getInvoiceRow(ctx, id);
  return { ...toStaffInvoice(row), name: row.number ?? row.gatewayId, amountPaid: row.amountPaid };
}

async function readInvoices(
  { system }: TenantContext,
  account: BillingAccount | null,
  query: ListQuery<typeof INVOICE_LIST>,
): Promise<Page<StaffInvoice>> {
  if (!account) return { items: [], previousCursor: null, nextCursor: null };
  const page = await INVOICE_LIST.page(system.control, query, { account: account.id });
  return { ...page, items: page.items.map(toStaffInvoice) };
}

function toStaffInvoice(row: StoredInvoice): StaffInvoice {
  return {
    ...row,
    currency: currencyOf(row.currency),
    refundable: row.isDisputed ? 0 : refundable(row),
  };
}

/** Without an account, the plan was given by the platform. */
function granted({ tenant: { plan, planVersion, planUntil } }: TenantContext): Access {
  const isStarter = plan === "starter";
  return {
    plan,
    planVersion,
    access: isStarter ? "starter" : "full",
    planUntil,
    restrictedFrom: null,
    source: isStarter ? "none" : "grant",
  };
}

/** What will change by itself after `now`, unless somebody does something. */
export function comingOf(account: BillingAccount, now: Date): Coming[] {
  const coming = [...ofSubscription(account, now), ...ofOthers(account)];
  return coming.filter(({ at }) => at > now).sort((one, other) => one.at.getTime() - other.at.getTime());
}

function ofSubscription(account: BillingAccount, now: Date): Coming[] {
  const subscription = currentSubscription(account);
  if (!subscription) return [];
  const { status, currentPeriodEnd, trialEndsAt, cancelAt, scheduled } = subscription;
  const { restrictedFrom } = accessOf(account, now);
  const retries = account.snapshot!.invoices.flatMap(({ status, nextAttemptAt }) =>
    status === "open" && nextAttemptAt ? [{ at: nextAttemptAt, what: "retries" as const, plan: null }] : []
  );
  const regular: Coming = status === "trialing"
    ? { at: trialEndsAt ?? currentPeriodEnd, what: "charges", plan: null }
    : { at: currentPeriodEnd, what: "renews", plan: null };
  return [
    cancelAt ? { at: cancelAt, what: "ends", plan: "starter" } : regular,
    ...(scheduled ? [{ at: scheduled.at, what: "changes" as const, plan: scheduled.price.plan }] : []),
    ...(restrictedFrom ? [{ at: restrictedFrom, what: "read_only" as const, plan: null }] : []),
    ...retries,
  ];
}

function ofOthers(
  { trialPlan, trialEndsAt, grantedPlan, grantedUntil, ...account }: BillingAccount,
): Coming[] {
  const isPaid = currentSubscription(account) !== null;
  return [
    ...(trialPlan && trialEndsAt && !isPaid
      ? [{ at: trialEndsAt, what: "trial_ends" as const, plan: "starter" as const }]
      : []),
    ...(grantedPlan && grantedUntil
      ? [{ at: grantedUntil, what: "grant_ends" as const, plan: isPaid ? null : "starter" as const }]
      : []),
  ];
}
