import type { PlatformReport } from "../../../src/analytics/platform/report.ts";
import { Card } from "../../components/card.tsx";
import { BarChart } from "../../components/charts/bar_chart.tsx";
import { HeatMap } from "../../components/charts/heat_map.tsx";
import { LineChart } from "../../components/charts/line_chart.tsx";
import { formatCount } from "../../components/count.ts";
import { formatIsoDay } from "../../components/day_label.ts";
import { PageLead } from "../../components/page_lead.tsx";
import { Stat } from "../../components/stat.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { AdoptionCard, EndpointsCard, TenantsCard } from "./analytics_tables.tsx";
import { adminAnalyticsText } from "./analytics_text.ts";

const WEEK_TICKS = 3;
const DAY_TICKS = 7;

export type AdminAnalyticsPageProps = {
  report: PlatformReport;
  /** The monthly revenue of each currency, formatted. */
  revenue: string[];
  /** A plan's name. */
  planName: (plan: string) => string;
};

/** `/admin/analytics`: who signs up and comes back, what workspaces use, and how fast the API answers them. */
export function AdminAnalyticsPage({ report, revenue, planName }: AdminAnalyticsPageProps) {
  const text = adminAnalyticsText.use();
  return (
    <div class="grid grid-cols-1 gap-6">
      <PageLead>{text.lead}</PageLead>
      <Figures report={report} revenue={revenue} />
      <div class="grid grid-cols-1 gap-6 lg:grid-cols-3">
        <GrowthCard growth={report.growth} />
        <DaysCard days={report.days} />
        <CallsCard days={report.days} />
      </div>
      <RetentionCard cohorts={report.cohorts} />
      <TenantsCard tenants={report.tenants} planName={planName} />
      <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <EndpointsCard endpoints={report.endpoints} />
        <AdoptionCard adoption={report.adoption} planName={planName} />
      </div>
    </div>
  );
}

function Figures({ report, revenue }: { report: PlatformReport; revenue: string[] }) {
  const text = adminAnalyticsText.use();
  const { locale } = usePage();
  const { growth, days } = report;
  const thisWeek = growth.at(-1)!;
  const decided = growth.findLast(({ activated, workspaces }) => activated !== null && workspaces > 0);
  const calls = days.reduce((sum, day) => sum + day.calls, 0);
  return (
    <dl class="grid gap-4 sm:grid-cols-2 lg:grid-cols-5">
      <Stat
        label={text.signUps}
        value={formatCount(thisWeek.workspaces, locale)}
        detail={text.people(formatCount(thisWeek.people, locale))}
      />
      <Stat
        label={text.activation}
        value={decided
          ? formatsOf(locale).percent.format(decided.activated! / decided.workspaces)
          : text.noValue}
        detail={decided ? text.activationDetail(formatIsoDay(decided.week, locale)) : undefined}
      />
      <Stat
        label={text.used}
        value={formatCount(days.at(-1)!.tenants, locale)}
        detail={text.usedDetail}
      />
      <Stat label={text.calls} value={formatCount(calls, locale)} detail={text.callsDetail} />
      <Stat label={text.revenue} value={revenue.join(", ")} />
    </dl>
  );
}

function GrowthCard({ growth }: { growth: PlatformReport["growth"] }) {
  const text = adminAnalyticsText.use();
  const { locale } = usePage();
  return (
    <Card title={text.growth}>
      <BarChart
        label={text.growthChart}
        series={[text.workspaces, text.activated]}
        pointName={text.week}
        points={growth.map(({ week, workspaces, activated }, index) => ({
          label: formatIsoDay(week, locale),
          values: [workspaces, activated],
          hasTick: index % WEEK_TICKS === 0,
        }))}
      />
    </Card>
  );
}

function DaysCard({ days }: { days: PlatformReport["days"] }) {
  const text = adminAnalyticsText.use();
  return (
    <Card title={text.days}>
      <LineChart
        label={text.daysChart}
        series={[text.workspaces]}
        pointName={text.day}
        points={useDayPoints(days, ({ tenants }) => [tenants])}
      />
    </Card>
  );
}

function CallsCard({ days }: { days: PlatformReport["days"] }) {
  const text = adminAnalyticsText.use();
  return (
    <Card title={text.callsByDay}>
      <BarChart
        label={text.callsChart}
        series={[text.calls, text.errors]}
        pointName={text.day}
        points={useDayPoints(days, ({ calls, errors }) => [calls, errors])}
      />
    </Card>
  );
}

function useDayPoints(
  days: PlatformReport["days"],
  valuesOf: (day: PlatformReport["days"][number]) => number[],
) {
  const { locale } = usePage();
  return days.map((day, index) => ({
    label: formatIsoDay(day.day, locale),
    values: valuesOf(day),
    hasTick: index % DAY_TICKS === 0,
  }));
}

function RetentionCard({ cohorts }: { cohorts: PlatformReport["cohorts"] }) {
  const text = adminAnalyticsText.use();
  const { locale } = usePage();
  const lines = cohorts.filter(({ workspaces }) => workspaces > 0).map(({ week, workspaces, kept }) => ({
    label: formatIsoDay(week, locale),
    detail: formatCount(workspaces, locale),
    shares: kept.map((count) => count === null ? null : count / workspaces),
  }));
  return (
    <Card title={text.retention} note={text.retentionNote}>
      {lines.length === 0 ? <p class="text-muted">{text.noSignUps}</p> : (
        <HeatMap
          label={text.retentionChart}
          head={text.week}
          detail={text.workspaces}
          columns={cohorts[0]!.kept.map((_, week) => text.weekAfter(String(week)))}
          lines={lines}
        />
      )}
    </Card>
  );
}
