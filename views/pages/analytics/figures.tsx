import type { UsageReport, UsageTotals } from "../../../src/analytics/reports/usage_report.ts";
import { Sparkline } from "../../components/charts/sparkline.tsx";
import { classes } from "../../components/classes.ts";
import { formatChange, formatCount } from "../../components/count.ts";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { analyticsText } from "./text.ts";

type FigureProps = {
  label: string;
  href: string;
  figure: keyof UsageTotals;
  report: UsageReport;
  trend?: number[];
  /** Whether more is worse. */
  isBad?: boolean;
};

/** Four figures with their change against the period before, each linked to its chart. */
export function OverviewFigures({ report, callsHref }: { report: UsageReport; callsHref: string }) {
  const text = analyticsText.use();
  const { series } = report;
  return (
    <ul
      aria-label={text.figures}
      class="grid grid-cols-1 gap-px overflow-hidden rounded-lg border border-line bg-line shadow-card min-[22rem]:grid-cols-2 lg:grid-cols-4"
    >
      <Figure
        label={text.events}
        href="#events"
        figure="events"
        report={report}
        trend={series.map(({ events }) => events)}
      />
      <Figure
        label={text.people}
        href="#people"
        figure="activeUsers"
        report={report}
        trend={series.map(({ activeUsers }) => activeUsers)}
      />
      <Figure
        label={text.calls}
        href="#calls"
        figure="apiCalls"
        report={report}
        trend={series.map(({ apiCalls }) => apiCalls)}
      />
      <Figure label={text.errors} href={callsHref} figure="apiErrors" report={report} isBad />
    </ul>
  );
}

function Figure({ label, href, figure, report, trend = [], isBad = false }: FigureProps) {
  const { locale } = usePage();
  const [value, before] = [report.totals[figure], report.before.totals[figure]];
  const isBetter = before > 0 && (isBad ? value < before : value > before);
  return (
    <li class="bg-surface">
      <a href={href} class="block h-full p-4 -outline-offset-2 transition-colors hover:bg-sunken">
        <span class="block text-sm text-muted">{label}</span>{" "}
        <span class="block text-xl font-semibold tracking-tighter tabular-nums wrap-anywhere sm:text-2xl">
          <bdi>{formatCount(value, locale)}</bdi>
        </span>{" "}
        <span class="flex items-end justify-between gap-2 sm:min-h-5">
          <span class={classes("text-xs", isBetter ? "text-success" : "text-muted")}>
            {useChange(value, before)}
          </span>
          <span class="max-sm:hidden">
            <Sparkline values={trend.every((each) => each === 0) ? [] : trend} />
          </span>
        </span>
      </a>
    </li>
  );
}

function useChange(value: number, before: number): string {
  const text = analyticsText.use();
  const { percent } = formatsOf(usePage().locale);
  if (value === before) return text.noChange;
  if (before === 0) return text.newFigure;
  return text.change(formatChange(value / before - 1, (amount) => percent.format(amount)));
}
