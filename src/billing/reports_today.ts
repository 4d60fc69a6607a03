import {
  and,
  asc,
  count,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  lte,
  or,
  sql,
  type SQLWrapper,
} from "drizzle-orm";
import { billingAccounts, billingEvents, billingInvoices } from "../../db/control/schema/billing.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { authorize } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { after, DAY, MINUTE } from "../platform/clock.ts";
import { type Currency, currencyOf, type Money } from "./money.ts";
import { BILLING_ACCOUNTS_MANAGE } from "./permissions.ts";
import { type PlanKey, PLANS } from "./plans.ts";

const LISTED = 50;
const SOON = 7 * DAY;
/** A sync takes seconds. One that is behind for longer has failed, or waits for a worker. */
const LATE = 5 * MINUTE;

type Control = SystemContext["control"];
type Named = { tenantId: string; name: string };

/** Each list has its first 50, and how many there are in all. `revenue` is a month's. */
export type BillingToday = {
  paying: { plan: PlanKey; currency: Currency; accounts: number; revenue: number }[];
  /** The longest first. `open` is what open invoices still ask for: of all of them, and of each one. */
  pastDue: { total: number; open: Money[]; listed: (Named & { since: Date; open: Money[] })[] };
  /** Trials that end within seven days without a subscription, the next first. */
  endingTrials: { total: number; listed: (Named & { plan: PlanKey; endsAt: Date })[] };
  /** Accounts that the gateway said changed, and that no sync has reached for five minutes. */
  lagging: { total: number; listed: (Named & { since: Date | null })[] };
};

/** How billing stands now. Throws `forbidden`. */
export async function getBillingToday(ctx: SystemContext): Promise<BillingToday> {
  authorize(ctx, BILLING_ACCOUNTS_MANAGE);
  const [paying, pastDue, endingTrials, lagging] = await Promise.all([
    readPaying(ctx),
    readPastDue(ctx),
    readEndingTrials(ctx),
    readLagging(ctx),
  ]);
  return { paying, pastDue, endingTrials, lagging };
}

async function readPaying({ control }: SystemContext): Promise<BillingToday["paying"]> {
  const { plan, currency, monthlyRevenue } = billingAccounts;
  const rows = await control
    .select({ plan, currency, accounts: count(), revenue: sql`sum(${monthlyRevenue})`.mapWith(Number) })
    .from(billingAccounts).where(gt(monthlyRevenue, 0)).groupBy(plan, currency);
  return rows
    .map(({ plan, currency, ...sums }) => ({
      plan: plan ?? "starter",
      currency: currencyOf(currency ?? "usd"),
      ...sums,
    }))
    .sort((one, other) =>
      PLANS.indexOf(one.plan) - PLANS.indexOf(other.plan) || one.currency.localeCompare(other.currency)
    );
}

async function readPastDue({ control }: SystemContext): Promise<BillingToday["pastDue"]> {
  const { id, pastDueSince, tenantId } = billingAccounts;
  const isPastDue = and(isNotNull(pastDueSince), isNotNull(tenantId));
  const all = control.select({ id }).from(billingAccounts).where(isPastDue);
  const [rows, total, open] = await Promise.all([
    control.select({ accountId: id, tenantId: tenants.id, name: tenants.name, since: pastDueSince })
      .from(billingAccounts).innerJoin(tenants, eq(tenants.id, tenantId))
      .where(isPastDue).orderBy(asc(pastDueSince), asc(id)).limit(LISTED),
    control.$count(billingAccounts, isPastDue),
    readOpen(control, all),
  ]);
  const openOf = await readOpenByAccount(control, rows.map(({ accountId }) => accountId));
  return {
    total,
    open,
    listed: rows.map(({ accountId, since, ...named }) => ({
      ...named,
      since: since!,
      open: openOf.filter((each) => each.accountId === accountId)
        .map(({ amount, currency }) => ({ amount, currency })),
    })),
  };
}

/** `amountDue` is what is left to pay. */
const OPEN_AMOUNT = sql`sum(${billingInvoices.amountDue})`.mapWith(Number);

async function readOpen(control: Control, accounts: SQLWrapper): Promise<Money[]> {
  const { accountId, currency, status } = billingInvoices;
  const rows = await control.select({ currency, amount: OPEN_AMOUNT }).from(billingInvoices)
    .where(and(sql`${accountId} in ${accounts}`, eq(status, "open"))).groupBy(currency).orderBy(currency);
  return rows.map((row) => ({ ...row, currency: currencyOf(row.currency) }));
}

async function readOpenByAccount(control: Control, accountIds: string[]) {
  if (accountIds.length === 0) return [];
  const { accountId, currency, status } = billingInvoices;
  const rows = await control.select({ accountId, currency, amount: OPEN_AMOUNT }).from(billingInvoices)
    .where(and(inArray(accountId, accountIds), eq(status, "open")))
    .groupBy(accountId, currency).orderBy(currency);
  return rows.map((row) => ({ ...row, currency: currencyOf(row.currency) }));
}

async function readEndingTrials({ control, services }: SystemContext): Promise<BillingToday["endingTrials"]> {
  const { id, trialPlan, trialEndsAt, subscriptionId, clockAhead } = billingAccounts;
  // An account's clock can be ahead in the sandbox.
  const now = sql`${services.clock.now().toISOString()}::timestamptz + make_interval(secs => ${clockAhead})`;
  const isEnding = and(
    gt(trialEndsAt, now),
    lte(trialEndsAt, sql`${now} + make_interval(secs => ${SOON / 1_000})`),
    isNull(subscriptionId),
    isNotNull(trialPlan),
    isNotNull(billingAccounts.tenantId),
  );
  const [rows, total] = await Promise.all([
    control.select({ tenantId: tenants.id, name: tenants.name, plan: trialPlan, endsAt: trialEndsAt })
      .from(billingAccounts).innerJoin(tenants, eq(tenants.id, billingAccounts.tenantId))
      .where(isEnding).orderBy(asc(trialEndsAt), asc(id)).limit(LISTED),
    control.$count(billingAccounts, isEnding),
  ]);
  return {
    total,
    listed: rows.map(({ plan, endsAt, ...named }) => ({ ...named, plan: plan!, endsAt: endsAt! })),
  };
}

async function readLagging({ control, services }: SystemContext): Promise<BillingToday["lagging"]> {
  const { id, generation, syncedGeneration, syncedAt, tenantId } = billingAccounts;
  const late = after(services.clock.now(), -LATE);
  const first = control.select({ at: sql<Date>`min(${billingEvents.receivedAt})` }).from(billingEvents)
    .where(and(
      eq(billingEvents.accountId, id),
      or(isNull(syncedAt), gt(billingEvents.receivedAt, syncedAt)),
    ));
  const waitingSince = sql<Date | null>`(${first})`.mapWith(billingEvents.receivedAt);
  const isLagging = and(
    gt(generation, syncedGeneration),
    or(isNull(syncedAt), lte(syncedAt, late)),
    sql`coalesce(${waitingSince}, ${syncedAt}, ${billingAccounts.updatedAt}) <= ${late.toISOString()}`,
    isNotNull(tenantId),
  );
  const [rows, total] = await Promise.all([
    control.select({ tenantId: tenants.id, name: tenants.name, since: waitingSince })
      .from(billingAccounts).innerJoin(tenants, eq(tenants.id, tenantId))
      .where(isLagging).orderBy(sql`3 nulls last`, asc(id)).limit(LISTED),
    control.$count(billingAccounts, isLagging),
  ]);
  return { total, listed: rows };
}
