import type { ChartProps } from "./chart.ts";
import { useChartFormat } from "./format.ts";
import { rowsMarkup } from "./markup.tsx";
import { chartText } from "./text.ts";

const SUMMARY =
  "inline-flex min-h-6 items-center rounded-sm text-sm text-muted underline decoration-line-strong underline-offset-2 hover:text-ink";
const TABLE =
  "w-full text-end text-sm tabular-nums [&_td]:px-3 [&_td]:py-1.5 [&_th]:px-3 [&_th]:py-1.5 [&_th]:font-normal [&_th:first-child]:text-start [&_tr+tr]:border-t [&_tr+tr]:border-line";

/** The chart's values, for those who can't or don't want to see them as a picture. */
export function ChartTable(
  { label, series, points, pointName, unit }: Omit<ChartProps, "series"> & { series: readonly string[] },
) {
  const text = chartText.use();
  const format = useChartFormat(unit);
  return (
    <details class="mt-1">
      <summary class={SUMMARY}>{text.showTable}</summary>
      <section
        tabindex={0}
        aria-label={text.tableOf(label)}
        class="mt-2 max-h-72 overflow-auto rounded-md border border-line"
      >
        <table class={TABLE}>
          <caption class="sr-only">{label}</caption>
          <thead class="border-b border-line text-muted">
            <tr>
              <th scope="col">{pointName}</th>
              {series.map((name) => <th key={name} scope="col">{name}</th>)}
            </tr>
          </thead>
          <tbody>{rowsMarkup(points, format, text.notMeasured)}</tbody>
        </table>
      </section>
    </details>
  );
}
