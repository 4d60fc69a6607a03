import { Sparkline } from "../../components/charts/sparkline.tsx";
import type { ChartUnit } from "../../components/charts/chart.ts";
import { classes } from "../../components/classes.ts";
import { formatBytes, formatChange, formatCount } from "../../components/count.ts";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { dashboardText } from "./text.ts";

/** A figure, its last value before this month (null if unknown), and its values of the last days. */
type Gauge = { value: number; before: number | null; daily: readonly { value: number | null }[] };

/** `monthBefore` has the same days of the month before. `included` is what the plan includes, or null for any number. */
type Calls = {
  thisMonth: number;
  included: number | null;
  monthBefore: { calls: number; from: Date; until: Date };
  daily: readonly { calls: number }[];
};

export type FiguresProps = {
  projects: Gauge;
  members: Gauge & { seats: number | null };
  apiCalls: Calls;
  storage: Gauge;
};

/** Four figures, each linked to what it counts, with its change since last month. */
export function Figures({ projects, members, apiCalls, storage }: FiguresProps) {
  const text = dashboardText.use();
  const { locale } = usePage();
  const count = (value: number) => formatCount(value, locale);
  const isUnused = apiCalls.daily.every(({ calls }) => calls === 0);
  const bytes = (value: number) => formatBytes(value, locale);
  return (
    <ul
      id="dashboard-figures"
      class="grid grid-cols-1 gap-px overflow-hidden rounded-lg border border-line bg-line shadow-card min-[22rem]:grid-cols-2 lg:grid-cols-4"
    >
      <Figure
        label={text.projects}
        href="/projects"
        value={count(projects.value)}
        change={useGaugeChange(projects, count)}
        trend={valuesOf(projects)}
      />
      <Figure
        label={text.members}
        href="/team"
        value={count(members.value)}
        detail={members.seats === null ? undefined : text.ofSeats(count(members.seats))}
        change={useGaugeChange(members, count)}
        trend={valuesOf(members)}
      />
      <Figure
        label={text.apiCallsThisMonth}
        href="#api-calls"
        value={count(apiCalls.thisMonth)}
        change={useCallsChange(apiCalls, count)}
        trend={isUnused ? [] : apiCalls.daily.slice(0, -1).map(({ calls }) => calls)}
      />
      <Figure
        label={text.storage}
        href="/dashboard/storage"
        value={bytes(storage.value)}
        change={{ ...useGaugeChange(storage, bytes), isGood: false }}
        trend={valuesOf(storage)}
        unit="bytes"
      />
    </ul>
  );
}

type Change = { label: string; isGood: boolean };

function Figure(
  { label, href, value, detail, change, trend, unit }: {
    label: string;
    href: string;
    value: string;
    detail?: string;
    change: Change;
    trend: (number | null)[];
    unit?: ChartUnit;
  },
) {
  return (
    <li class="bg-surface">
      <a href={href} class="block h-full p-4 -outline-offset-2 transition-colors hover:bg-sunken">
        <span class="block text-sm text-muted">{label}</span>{" "}
        <span class="block text-xl font-semibold tracking-tighter tabular-nums wrap-anywhere sm:text-2xl">
          <bdi>{value}</bdi>
          {detail
            ? <span class="ms-1.5 text-md font-medium tracking-normal text-muted">{detail}</span>
            : null}
        </span>{" "}
        <span class="flex items-end justify-between gap-2 sm:min-h-5">
          <span class={classes("text-xs", change.isGood ? "text-success" : "text-muted")}>
            {change.label}
          </span>
          <span class="max-sm:hidden">
            <Sparkline values={trend} unit={unit} />
          </span>
        </span>
      </a>
    </li>
  );
}

function useGaugeChange({ value, before }: Gauge, format: (amount: number) => string): Change {
  const text = dashboardText.use();
  if (before === null) return { label: "", isGood: false };
  const difference = value - before;
  if (difference === 0) return { label: text.noChange, isGood: false };
  return { label: text.thisMonth(formatChange(difference, format)), isGood: difference > 0 };
}

function useCallsChange(
  { thisMonth, included, monthBefore: { calls, from, until } }: Calls,
  format: (amount: number) => string,
): Change {
  const text = dashboardText.use();
  const { percent, shortDay } = formatsOf(usePage().locale);
  if (calls === 0) {
    return { label: included === null ? "" : text.includedInPlan(format(included)), isGood: false };
  }
  const change = thisMonth / calls - 1;
  const days = shortDay.formatRange(from, until);
  return { label: text.comparedTo(formatChange(change, percent.format), days), isGood: change > 0 };
}

function valuesOf({ daily }: Gauge): (number | null)[] {
  return daily.map(({ value }) => value);
}
