import type { DayFigures } from "../../../src/api_access/usage_report.ts";
import { Card } from "../../components/card.tsx";
import { BarChart } from "../../components/charts/bar_chart.tsx";
import { LineChart } from "../../components/charts/line_chart.tsx";
import { formatCount } from "../../components/count.ts";
import { formatIsoDay } from "../../components/day_label.ts";
import { usePage } from "../../page.tsx";
import { usageText } from "./text.ts";

/** About how many days have a label below a chart. */
const LABELS = 5;

/** The calls and errors of each day. */
export function CallsCard({ days }: { days: DayFigures[] }) {
  const text = usageText.use();
  const { locale } = usePage();
  const [from, until] = useEnds(days);
  const total = (name: "calls" | "errors") =>
    formatCount(days.reduce((sum, day) => sum + day[name], 0), locale);
  return (
    <Card title={text.callsChartTitle}>
      <BarChart
        label={text.callsChart(from, until, total("calls"), total("errors"))}
        series={[text.calls, text.errors]}
        pointName={text.day}
        points={usePoints(days, ({ calls, errors }) => [calls, errors])}
      />
    </Card>
  );
}

/** The median, and the 95th and the 99th percentile of each day. */
export function LatencyCard({ days }: { days: DayFigures[] }) {
  const text = usageText.use();
  const [from, until] = useEnds(days);
  return (
    <Card id="latency" title={text.latency}>
      <LineChart
        label={text.latencyChart(from, until)}
        series={[text.p50, text.p95, text.p99]}
        pointName={text.day}
        points={usePoints(
          days,
          ({ latency }) => [latency?.p50 ?? null, latency?.p95 ?? null, latency?.p99 ?? null],
        )}
        unit="milliseconds"
      />
      <p class="mt-3 text-sm text-muted">{text.latencyNote}</p>
    </Card>
  );
}

function useEnds(days: DayFigures[]): [from: string, until: string] {
  const { locale } = usePage();
  return [formatIsoDay(days[0]!.day, locale), formatIsoDay(days.at(-1)!.day, locale)];
}

function usePoints(days: DayFigures[], valuesOf: (day: DayFigures) => (number | null)[]) {
  const { locale } = usePage();
  const step = Math.ceil(days.length / LABELS);
  return days.map((day, index) => ({
    label: formatIsoDay(day.day, locale),
    values: valuesOf(day),
    hasTick: index % step === 0,
  }));
}
