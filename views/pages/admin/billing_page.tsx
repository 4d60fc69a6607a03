import type { BillingReport, RevenueMonth } from "../../../src/billing/reports.ts";
import type { BillingToday } from "../../../src/billing/reports_today.ts";
import { Card } from "../../components/card.tsx";
import { BarChart } from "../../components/charts/bar_chart.tsx";
import { LineChart } from "../../components/charts/line_chart.tsx";
import { formatCount } from "../../components/count.ts";
import { Stat } from "../../components/stat.tsx";
import { type BillingFormat, codeOf } from "./billing_format.ts";
import { CountsTable, RevenueTable } from "./billing_months.tsx";
import { adminBillingText } from "./billing_text.ts";
import { EndingTrialsCard, LaggingCard, PastDueCard, PayingCard } from "./billing_today.tsx";

const MONTHS_A_YEAR = 12;
const TICK_EVERY = 3;

export type AdminBillingPageProps = {
  report: BillingReport;
  today: BillingToday;
  now: Date;
  format: BillingFormat;
};

/** `/admin/billing`: what subscriptions bring, how they come and go, and who needs attention today. */
export function AdminBillingPage({ report, today, now, format }: AdminBillingPageProps) {
  const text = adminBillingText.use();
  const { months, currencies } = report;
  return (
    <div class="grid grid-cols-1 gap-6">
      <Figures report={report} today={today} format={format} />
      {currencies.map(({ currency, months: revenue }) => (
        <Card key={currency} title={text.revenueIn(codeOf(currency))}>
          <LineChart
            label={text.revenueChart(codeOf(currency))}
            series={[text.revenue]}
            pointName={text.month}
            points={points(
              report,
              (index) => [format.whole({ amount: revenue[index]!.closing.revenue, currency })],
            )}
          />
        </Card>
      ))}
      <div class="grid grid-cols-1 gap-6 lg:grid-cols-3">
        <Card title={text.churn}>
          <BarChart
            label={text.churnChart}
            series={[text.canceled]}
            pointName={text.month}
            points={points(report, (index) => [churnedIn(currencies.map(({ months }) => months[index]!))])}
            isLastUnfinished
          />
        </Card>
        <Card title={text.trials}>
          <BarChart
            label={text.trialChart}
            series={[text.decided, text.converted]}
            pointName={text.month}
            points={points(report, (index) => [months[index]!.trials, months[index]!.converted])}
            isLastUnfinished
          />
        </Card>
        <Card title={text.payments}>
          <BarChart
            label={text.paymentChart}
            series={[text.failed, text.recovered]}
            pointName={text.month}
            points={points(
              report,
              (index) => [months[index]!.failedPayments, months[index]!.recoveredPayments],
            )}
            isLastUnfinished
          />
        </Card>
      </div>
      <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <PastDueCard pastDue={today.pastDue} now={now} format={format} />
        <EndingTrialsCard trials={today.endingTrials} format={format} />
        <PayingCard paying={today.paying} format={format} />
        <LaggingCard lagging={today.lagging} now={now} />
      </div>
      {currencies.map(({ currency, months: revenue }) => (
        <RevenueTable
          key={currency}
          months={months.map(({ month }) => month)}
          revenue={revenue}
          currency={currency}
          format={format}
        />
      ))}
      <CountsTable months={months} />
    </div>
  );
}

function Figures(
  { report: { currencies }, today, format }: Pick<AdminBillingPageProps, "report" | "today" | "format">,
) {
  const text = adminBillingText.use();
  const current = currencies.map(({ currency, months }) => ({ currency, ...months.at(-1)! }));
  const paying = current.reduce((sum, { closing }) => sum + closing.accounts, 0);
  const { total, open } = today.pastDue;
  return (
    <dl class="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
      {current.map(({ currency, closing: { revenue } }) => (
        <Stat
          key={currency}
          label={current.length === 1 ? text.revenue : text.revenueIn(codeOf(currency))}
          value={format.exact({ amount: revenue, currency })}
          detail={text.yearlyRevenue(format.exact({ amount: revenue * MONTHS_A_YEAR, currency }))}
        />
      ))}
      <Stat
        label={text.paying}
        value={formatCount(paying)}
        detail={text.canceledThisMonth(formatCount(churnedIn(current)))}
      />
      <Stat
        label={text.pastDue}
        value={formatCount(total)}
        detail={open.length > 0
          ? text.openAmount(open.map((each) => format.exact(each)).join(", "))
          : undefined}
      />
      <Stat label={text.endingTrials} value={formatCount(today.endingTrials.total)} />
    </dl>
  );
}

function churnedIn(months: readonly Pick<RevenueMonth, "churned">[]): number {
  return months.reduce((sum, { churned }) => sum + churned.accounts, 0);
}

function points({ months }: BillingReport, valuesOf: (index: number) => number[]) {
  return months.map(({ month }, index) => ({
    label: month,
    values: valuesOf(index),
    hasTick: index % TICK_EVERY === TICK_EVERY - 1,
  }));
}
