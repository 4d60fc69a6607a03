import type { Currency } from "../../../src/billing/money.ts";
import type { BillingMonth, RevenueMonth } from "../../../src/billing/reports.ts";
import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/count.ts";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { type BillingFormat, codeOf } from "./billing_format.ts";
import { adminBillingText } from "./billing_text.ts";

const MONTHS_A_YEAR = 12;
const TABLE =
  "w-full text-end text-sm whitespace-nowrap tabular-nums [&_td]:px-3 [&_td]:py-2 [&_th]:px-3 [&_th]:py-2 [&_th]:text-end [&_th]:font-normal [&_th:first-child]:ps-4 [&_th:first-child]:text-start [&_td:last-child]:pe-4 [&_th:last-child]:pe-4 [&_tr+tr]:border-t [&_tr+tr]:border-line";

/** Revenue and churn of each month in one currency, the newest first. */
export function RevenueTable({ months, revenue, currency, format }: {
  months: string[];
  revenue: RevenueMonth[];
  currency: Currency;
  format: BillingFormat;
}) {
  const text = adminBillingText.use();
  const { columns } = text;
  const rate = useRate();
  const show = (amount: number) => format.exact({ amount, currency });
  return (
    <MonthTable
      title={text.byMonthIn(codeOf(currency))}
      note={text.definitions}
      columns={[
        columns.revenue,
        columns.yearly,
        columns.accounts,
        columns.churned,
        columns.churnRate,
        columns.lost,
        columns.lostRate,
      ]}
      rows={months.map((month, index) => {
        const { opening, closing, churned } = revenue[index]!;
        return {
          month,
          cells: [
            show(closing.revenue),
            show(closing.revenue * MONTHS_A_YEAR),
            formatCount(closing.accounts),
            formatCount(churned.accounts),
            rate(churned.accounts, opening.accounts),
            show(churned.revenue),
            rate(churned.revenue, opening.revenue),
          ],
        };
      })}
    />
  );
}

/** Trials and payments of each month, the newest first. */
export function CountsTable({ months }: { months: BillingMonth[] }) {
  const text = adminBillingText.use();
  const rate = useRate();
  const { columns } = text;
  return (
    <MonthTable
      title={text.byMonth}
      columns={[columns.trials, columns.converted, columns.conversion, columns.failed, columns.recovered]}
      rows={months.map(({ month, trials, converted, failedPayments, recoveredPayments }) => ({
        month,
        cells: [
          formatCount(trials),
          formatCount(converted),
          rate(converted, trials),
          formatCount(failedPayments),
          formatCount(recoveredPayments),
        ],
      }))}
    />
  );
}

function MonthTable({ title, note, columns, rows }: {
  title: string;
  note?: string;
  columns: string[];
  rows: { month: string; cells: string[] }[];
}) {
  const text = adminBillingText.use();
  const newestFirst = rows.toReversed();
  return (
    <Card title={title} note={note} flush>
      <div class="overflow-x-auto rounded-b-lg" tabindex={0} role="group" aria-label={title}>
        <table class={TABLE}>
          <caption class="sr-only">{title}</caption>
          <thead class="border-b border-line text-muted">
            <tr>
              <th scope="col">{text.month}</th>
              {columns.map((column) => <th key={column} scope="col">{column}</th>)}
            </tr>
          </thead>
          <tbody>
            {newestFirst.map(({ month, cells }, index) => (
              <tr key={month}>
                <th scope="row">
                  {month}
                  {index === 0 ? <span class="ms-2 text-muted">{text.soFar}</span> : null}
                </th>
                {cells.map((cell, column) => <td key={column}>{cell}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

/** Shows a share in percent. There is none of nothing. */
function useRate(): (part: number, whole: number) => string {
  const { rate } = formatsOf(usePage().locale);
  const { noRate } = adminBillingText.use();
  return (part, whole) => whole === 0 ? noRate : rate.format(part / whole);
}
