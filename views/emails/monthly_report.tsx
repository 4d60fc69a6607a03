import { formatCount } from "../components/count.ts";
import { DailyBars, type DailyValue } from "./email_charts.tsx";
import { ActionButton, FiguresTable, Note, Paragraph, Title } from "./email_components.tsx";
import {
  formatBytes,
  formatChange,
  formatIsoDay,
  formatMonth,
  formatMonthName,
  formatShortMonth,
  monthBefore,
} from "./formats.ts";

export type MonthlyReportData = {
  tenantName: string;
  /** The first day of the month, 00:00 UTC. */
  month: Date;
  figures: ReportFigure[];
  /** The figures that weren't measured on the month's last day, and the last day on which they were. */
  gap: { labels: string[]; lastMeasured: string | null } | null;
  /** What `daily` counts, such as "API calls". */
  dailyLabel: string;
  daily: DailyValue[];
  dashboardUrl: string;
};

/** A figure for a month and for the previous month. Null if nothing was counted. */
export type ReportFigure = {
  label: string;
  value: number | null;
  previous: number | null;
  unit?: "bytes";
};

const NOTHING = "–";
const LIST = new Intl.ListFormat("en", { type: "conjunction" });

export function MonthlyReport(
  { tenantName, month, figures, gap, dailyLabel, daily, dashboardUrl }: MonthlyReportData,
) {
  const previous = monthBefore(month);
  return (
    <>
      <Title>{formatMonth(month)}</Title>
      <Paragraph>
        Here's how {tenantName} did in {formatMonthName(month)}, compared with {formatMonthName(previous)}.
      </Paragraph>
      <FiguresTable
        columns={["Figure", formatShortMonth(previous), formatShortMonth(month), "Change"]}
        rows={figures.map((figure) => [
          figure.label,
          formatFigure(figure, figure.previous),
          formatFigure(figure, figure.value),
          formatChange(figure.value, figure.previous) ?? NOTHING,
        ])}
      />
      {gap ? <Note>{explainGap(gap)}</Note> : null}
      <DailyBars label={dailyLabel} days={daily} />
      <ActionButton href={dashboardUrl}>Go to your dashboard</ActionButton>
    </>
  );
}

/** "API calls: 7,387 · Storage: 48.2 MB", with the first three figures. */
export function summarize({ figures }: MonthlyReportData): string {
  return figures.slice(0, 3).map((figure) => `${figure.label}: ${formatFigure(figure, figure.value)}`)
    .join(" · ");
}

function explainGap({ labels, lastMeasured }: NonNullable<MonthlyReportData["gap"]>): string {
  const figures = LIST.format(labels);
  if (lastMeasured === null) return `${figures} were not measured this month.`;
  return `${figures} were last measured on ${formatIsoDay(lastMeasured)}. There are no later figures.`;
}

function formatFigure({ unit }: ReportFigure, value: number | null): string {
  if (value === null) return NOTHING;
  return unit === "bytes" ? formatBytes(value) : formatCount(value);
}
