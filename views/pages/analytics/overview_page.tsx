// htmx requests a part of this page: OverviewPanel for `#analytics`, every 30 seconds.
import type { UsageDay, UsageReport } from "../../../src/analytics/reports/usage_report.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { BarChart } from "../../components/charts/bar_chart.tsx";
import { LineChart } from "../../components/charts/line_chart.tsx";
import { RankedList } from "../../components/charts/ranked_list.tsx";
import { formatCount, formatDuration } from "../../components/count.ts";
import { EmptyState } from "../../components/empty_state.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { usePage } from "../../page.tsx";
import { analyticsHref, type AnalyticsView } from "./address.ts";
import { OverviewFigures } from "./figures.tsx";
import { AnalyticsFrame } from "./frame.tsx";
import { analyticsText } from "./text.ts";
import { useDayPoints, useEnds } from "./day_points.ts";

export type OverviewProps = {
  report: UsageReport;
  view: AnalyticsView;
  /** Whether the reader may see the API's usage, and choose the websites that send events. */
  can: { seeCalls: boolean; addWebsites: boolean };
};

/** `/analytics`: what people do in the product, and what the API answers. */
export function OverviewPage(props: OverviewProps) {
  return (
    <AnalyticsFrame current="overview" view={props.view}>
      <CompareLink view={props.view} />
      <OverviewPanel {...props} />
    </AnalyticsFrame>
  );
}

function CompareLink({ view }: { view: AnalyticsView }) {
  const text = analyticsText.use();
  const compare = view.compare === "" ? "before" : "";
  return (
    <p class="-my-2 text-end">
      <TextLink href={analyticsHref("overview", { ...view, compare })}>
        {compare ? text.compare : text.compareNot}
      </TextLink>
    </p>
  );
}

/** The report. It refreshes itself and changes only what differs. */
export function OverviewPanel({ report, view, can }: OverviewProps) {
  return (
    <div
      id="analytics"
      {...hx({
        get: analyticsHref("overview", view),
        trigger: "every 30s",
        target: "this",
        swap: "outerMorph",
      })}
    >
      <UsageCharts report={report} can={can} isCompared={view.compare !== ""} />
    </div>
  );
}

/** The figures, the days and the most frequent events of a report. */
export function UsageCharts(
  { report, can = { seeCalls: false, addWebsites: false }, isCompared = false }:
    & Pick<OverviewProps, "report">
    & Partial<OverviewProps>
    & { isCompared?: boolean },
) {
  const text = analyticsText.use();
  const [from, until] = useEnds(report.series);
  const common = { report, isCompared };
  return (
    <div class="grid grid-cols-1 gap-6">
      <OverviewFigures report={report} callsHref={can.seeCalls ? "/developers/usage" : "#calls"} />
      <div class="grid grid-cols-1 gap-6 lg:grid-cols-2">
        <Card id="events" title={text.eventsByDay}>
          <DaysChart {...common} figure="events" name={text.events} label={text.eventsChart(from, until)} />
        </Card>
        <Card id="people" title={text.peopleByDay}>
          <DaysChart
            {...common}
            figure="activeUsers"
            name={text.people}
            label={text.peopleChart(from, until)}
            isLine
          />
        </Card>
        <TopEvents report={report} canAddWebsites={can.addWebsites} />
        <Card
          id="calls"
          title={text.callsByDay}
          action={can.seeCalls ? <TextLink href="/developers/usage">{text.callsLink}</TextLink> : undefined}
        >
          <DaysChart {...common} figure="apiCalls" name={text.calls} label={text.callsChart(from, until)} />
          <Latency latency={report.latencyMs} />
        </Card>
      </div>
    </div>
  );
}

/** A figure by day, as bars or as a line. Compared with the period before, it is two lines. */
function DaysChart({ report: { series, before }, figure, name, label, isLine = false, isCompared }: {
  report: UsageReport;
  figure: Exclude<keyof UsageDay, "date">;
  name: string;
  label: string;
  isLine?: boolean;
  isCompared: boolean;
}) {
  const text = analyticsText.use();
  const pointsOf = useDayPoints(series);
  const common = { label, pointName: text.day };
  if (isCompared) {
    const points = pointsOf((day, index) => [day[figure], before.series[index]![figure]]);
    return <LineChart {...common} series={[text.thisPeriod, text.periodBefore]} points={points} />;
  }
  const points = pointsOf((day) => [day[figure]]);
  if (isLine) return <LineChart {...common} series={[name]} points={points} />;
  return <BarChart {...common} series={[name]} points={points} isLastUnfinished />;
}

function TopEvents(
  { report: { topEvents }, canAddWebsites }: { report: UsageReport; canAddWebsites: boolean },
) {
  const text = analyticsText.use();
  const { locale, apexUrl } = usePage();
  const most = Math.max(1, ...topEvents.map(({ count }) => count));
  if (topEvents.length === 0) {
    return (
      <Card title={text.topEvents} flush>
        <EmptyState icon="chart" title={text.noEvents} text={text.noEventsHint}>
          {canAddWebsites ? <ButtonLink href="/settings/analytics">{text.addWebsite}</ButtonLink> : null}
          <ButtonLink href={`${apexUrl}/docs/guides/events`}>{text.sendEvents}</ButtonLink>
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card title={text.topEvents}>
      <RankedList
        label={text.topEvents}
        lines={topEvents.map(({ event, count }) => ({
          key: event,
          label: event,
          value: formatCount(count, locale),
          share: count / most,
        }))}
      />
    </Card>
  );
}

function Latency({ latency }: { latency: UsageReport["latencyMs"] }) {
  const text = analyticsText.use();
  const { locale } = usePage();
  if (!latency) return null;
  const shown = (["p50", "p95", "p99"] as const).map((name) => (
    { term: text[name], value: formatDuration(latency[name], locale) }
  ));
  return (
    <dl aria-label={text.latency} class="mt-3 flex flex-wrap gap-x-6 gap-y-1 text-sm text-muted">
      {shown.map(({ term, value }) => (
        <div key={term} class="flex gap-1.5">
          <dt>{term}</dt>
          <dd class="text-ink tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
