import { type SQL, sql } from "drizzle-orm";
import { authorize } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { type Currency, currencyOf } from "./money.ts";
import { BILLING_ACCOUNTS_MANAGE } from "./permissions.ts";

const MONTHS = 12;
/** The gateway bills in this currency until a plan declares another price, so a report without revenue is in it. */
const FIRST_CURRENCY: Currency = "usd";

/** The movements that change what an account pays. The others repeat its revenue, or hold something else in its place. */
const PAYING = sql`('subscribed', 'resubscribed', 'upgraded', 'downgraded', 'canceled')`;

/**
 * What subscriptions in one currency brought in a month. Amounts are in the currency's smallest unit, and those of a yearly subscription
 * count a twelfth. `opening` and `closing` are at the start and the end of the month; in the current month, the end is now.
 */
export type RevenueMonth = {
  opening: { accounts: number; revenue: number };
  closing: { accounts: number; revenue: number };
  /** The subscriptions that ended, and what they brought a month. */
  churned: { accounts: number; revenue: number };
};

/** `2026-03`, in UTC. `converted` of the `trials` that were decided became subscriptions. */
export type BillingMonth = {
  month: string;
  trials: number;
  converted: number;
  failedPayments: number;
  recoveredPayments: number;
};

/** The last twelve months, the oldest first. The months of each currency have the same order. */
export type BillingReport = {
  months: BillingMonth[];
  currencies: { currency: Currency; months: RevenueMonth[] }[];
};

/**
 * How subscriptions came and went. docs/admin/billing.md defines each figure. Movements never change, so neither does a month that is over,
 * unless the gateway tells of it late. Throws `forbidden`.
 */
export async function getBillingReport(ctx: SystemContext): Promise<BillingReport> {
  authorize(ctx, BILLING_ACCOUNTS_MANAGE);
  const [revenue, churn, trials, payments] = await Promise.all([
    readRevenue(ctx),
    readChurn(ctx),
    readTrials(ctx),
    readPayments(ctx),
  ]);
  const names = monthsOf(revenue);
  const currencies = [...new Set([...revenue, ...churn].flatMap(({ currency }) => currency ?? []))].sort();
  return {
    months: names.slice(1).map((month) => ({
      month,
      ...figures(trials, { month }, ["trials", "converted"]),
      ...figures(payments, { month }, ["failedPayments", "recoveredPayments"]),
    })),
    currencies: (currencies.length > 0 ? currencies : [FIRST_CURRENCY]).map((currency) => ({
      currency: currencyOf(currency),
      months: names.slice(1).map((month, index) => ({
        opening: figures(revenue, { month: names[index]!, currency }, AMOUNTS),
        closing: figures(revenue, { month, currency }, AMOUNTS),
        churned: figures(churn, { month, currency }, AMOUNTS),
      })),
    })),
  };
}

const AMOUNTS = ["accounts", "revenue"] as const;

type Row = { month: string; currency?: string | null } & Record<string, string | number | null | undefined>;

/**
 * What all accounts brought at the end of each month. Each movement adds its revenue in its month, and the next one of the account takes it away
 * in its own, so the sum up to a month is what the last movements say. Reads one month more, whose end is the start of the first.
 */
function readRevenue(ctx: SystemContext): Promise<Row[]> {
  return read(
    ctx,
    sql`
    with ${months(ctx, MONTHS + 1)}, spans as (
      select currency, revenue_after as revenue, at as since,
        lead(at) over (partition by account_id order by at, id) as replaced
      from control.billing_movements where kind in ${PAYING}
    ), changes as (
      select since as at, currency, 1 as accounts, revenue from spans where revenue > 0
      union all select replaced, currency, -1, -revenue from spans where revenue > 0 and replaced is not null
    ), sums as (
      select to_char(greatest(at, (select min(start) from months)) at time zone 'UTC', 'YYYY-MM') as month,
        currency, sum(accounts) as accounts, sum(revenue) as revenue
      from changes group by 1, 2
    )
    select month, currency, sum(accounts) over until_month as accounts, sum(revenue) over until_month as revenue
    from months left join (select distinct currency from sums) as sold on true
    left join sums using (month, currency)
    window until_month as (partition by currency order by month) order by month`,
  );
}

function readChurn(ctx: SystemContext): Promise<Row[]> {
  return read(
    ctx,
    sql`
    with ${months(ctx, MONTHS)}
    select month, currency, count(*) as accounts, sum(revenue_before) as revenue
    from months join control.billing_movements on at >= start and at < until
    where kind = 'canceled' and revenue_before > 0 group by month, currency order by month`,
  );
}

/** A trial is decided once, by what comes first: its end, or a subscription. */
function readTrials(ctx: SystemContext): Promise<Row[]> {
  return read(
    ctx,
    sql`
    with ${months(ctx, MONTHS)}, decided as (
      select distinct on (trial.account_id) movement.at, movement.kind <> 'trial_ended' as is_converted
      from control.billing_movements trial
      join control.billing_movements movement
        on movement.account_id = trial.account_id and movement.at >= trial.at
        and movement.kind in ('trial_ended', 'subscribed', 'resubscribed')
      where trial.kind = 'trial_started'
      order by trial.account_id, movement.at, is_converted desc
    )
    select month, count(*) as trials, count(*) filter (where is_converted) as converted
    from months join decided on at >= start and at < until group by month order by month`,
  );
}

function readPayments(ctx: SystemContext): Promise<Row[]> {
  return read(
    ctx,
    sql`
    with ${months(ctx, MONTHS)}
    select month, count(*) filter (where kind = 'payment_failed') as "failedPayments",
      count(*) filter (where kind = 'payment_recovered') as "recoveredPayments"
    from months join control.billing_movements on at >= start and at < until
    where kind in ('payment_failed', 'payment_recovered') group by month order by month`,
  );
}

async function read({ control }: SystemContext, query: SQL): Promise<Row[]> {
  return [...await control.execute<Row>(query)];
}

/** The months up to the current one in UTC, whatever the connection's time zone. */
function months({ services }: SystemContext, count: number): SQL {
  const current =
    sql`date_trunc('month', ${services.clock.now().toISOString()}::timestamptz at time zone 'UTC')`;
  return sql`months as (
    select to_char(month, 'YYYY-MM') as month, month at time zone 'UTC' as start,
      (month + interval '1 month') at time zone 'UTC' as until
    from generate_series(${current} - make_interval(months => ${
    count - 1
  }::int), ${current}, interval '1 month') month
  )`;
}

function monthsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map(({ month }) => month))];
}

/** The figures of a month, which are 0 if nothing happened in it. */
function figures<Name extends string>(
  rows: readonly Row[],
  { month, currency }: { month: string; currency?: string },
  names: readonly Name[],
): Record<Name, number> {
  const row = rows.find((row) =>
    row.month === month && (currency === undefined || row.currency === currency)
  );
  return Object.fromEntries(names.map((name) => [name, Number(row?.[name] ?? 0)])) as Record<Name, number>;
}
