import type { Child } from "hono/jsx";
import type { PlatformReport } from "../../../src/analytics/platform/report.ts";
import { Card } from "../../components/card.tsx";
import { formatCount, formatDuration } from "../../components/count.ts";
import { TextLink } from "../../components/link.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { translatorTo } from "../../wording.ts";
import { adminAnalyticsText } from "./analytics_text.ts";

type Calls = PlatformReport["endpoints"][number];
type PlanName = (plan: string) => string;

/** The busiest workspaces, each linked to its page. */
export function TenantsCard(
  { tenants, planName }: { tenants: PlatformReport["tenants"]; planName: PlanName },
) {
  const text = adminAnalyticsText.use();
  const { columns } = text;
  const show = useShow();
  return (
    <ListCard
      title={text.byTenant}
      empty={text.nothing}
      columns={[
        columns.workspace,
        columns.plan,
        columns.days,
        columns.changes,
        columns.calls,
        columns.errorRate,
        columns.p50,
        columns.p95,
      ]}
    >
      {tenants.map((each) => (
        <Row
          key={each.tenantId}
          name={
            <TextLink href={`/admin/tenants/${each.tenantId}`}>
              <bdi>{each.name}</bdi>
            </TextLink>
          }
          cells={[
            [columns.plan, planName(each.plan)],
            [columns.days, show.count(each.days)],
            [columns.changes, show.count(each.changes)],
            ...show.calls(each),
          ]}
        />
      ))}
    </ListCard>
  );
}

/** The endpoints that workspaces call most. */
export function EndpointsCard({ endpoints }: { endpoints: PlatformReport["endpoints"] }) {
  const text = adminAnalyticsText.use();
  const { columns } = text;
  const show = useShow();
  return (
    <ListCard
      title={text.byEndpoint}
      empty={text.noCalls}
      columns={[
        columns.endpoint,
        columns.workspaces,
        columns.calls,
        columns.errorRate,
        columns.p50,
        columns.p95,
      ]}
    >
      {endpoints.map((each) => (
        <Row
          key={`${each.method} ${each.endpoint}`}
          name={<code class="text-sm wrap-anywhere" dir="ltr">{`${each.method} ${each.endpoint}`}</code>}
          cells={[[columns.workspaces, show.count(each.tenants)], ...show.calls(each)]}
        />
      ))}
    </ListCard>
  );
}

/** How many workspaces of each plan use a feature. */
export function AdoptionCard(
  { adoption: { workspaces, adopted }, planName }: {
    adoption: PlatformReport["adoption"];
    planName: PlanName;
  },
) {
  const text = adminAnalyticsText.use();
  const { locale } = usePage();
  const { percent } = formatsOf(locale);
  const translate = translatorTo(locale);
  const plans = Object.entries(workspaces);
  return (
    <ListCard
      title={text.adoption}
      empty={text.nothing}
      columns={[
        text.columns.feature,
        ...plans.map(([plan, count]) => `${planName(plan)} (${formatCount(count, locale)})`),
      ]}
    >
      {adopted.map(({ name, label, byPlan }) => (
        <Row
          key={name}
          name={translate(label)}
          cells={plans.map(([plan, count]) => [
            planName(plan),
            count === 0 ? text.noValue : percent.format(byPlan[plan as keyof typeof byPlan] / count),
          ])}
        />
      ))}
    </ListCard>
  );
}

function ListCard(
  { title, empty, columns: [head, ...columns], children }: {
    title: string;
    empty: string;
    columns: string[];
    children: Child[];
  },
) {
  if (children.length === 0) {
    return (
      <Card title={title}>
        <p class="text-muted">{empty}</p>
      </Card>
    );
  }
  return (
    <Card title={title} flush>
      <Table
        label={title}
        columns={[
          { label: head!, class: "text-start" },
          ...columns.map((label) => ({ label, class: "text-end" })),
        ]}
      >
        {children}
      </Table>
    </Card>
  );
}

/** On a phone, the first cell also shows the others. */
function Row({ name, cells }: { name: Child; cells: (readonly [term: string, value: string])[] }) {
  return (
    <tr>
      <Cell>
        <span class="font-medium">{name}</span>
        <dl class="mt-1 flex flex-wrap gap-x-3 text-sm text-muted md:hidden">
          {cells.map(([term, value]) => (
            <div key={term} class="flex gap-1">
              <dt>{term}</dt>
              <dd class="text-ink">{value}</dd>
            </div>
          ))}
        </dl>
      </Cell>
      {cells.map(([term, value]) => (
        <Cell key={term} wideOnly class="text-end whitespace-nowrap text-muted">{value}</Cell>
      ))}
    </tr>
  );
}

function useShow() {
  const { noValue, columns } = adminAnalyticsText.use();
  const { locale } = usePage();
  const { rate } = formatsOf(locale);
  const duration = (milliseconds?: number) =>
    milliseconds === undefined ? noValue : formatDuration(milliseconds, locale);
  return {
    count: (count: number) => formatCount(count, locale),
    calls: ({ calls, errors, latency }: Pick<Calls, "calls" | "errors" | "latency">) =>
      [
        [columns.calls, formatCount(calls, locale)],
        [columns.errorRate, calls > 0 ? rate.format(errors / calls) : noValue],
        [columns.p50, duration(latency?.p50)],
        [columns.p95, duration(latency?.p95)],
      ] as const,
  };
}
