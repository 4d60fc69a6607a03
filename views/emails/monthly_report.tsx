import { formatCount } from "../components/count.ts";
import { DailyBars, type DailyValue } from "./email_charts.tsx";
import { ActionButton, FiguresTable, Note, Paragraph, Title } from "./email_components.tsx";
import { formatBytes, formatChange, formatIsoDay, formatShortMonth, monthBefore } from "./formats.ts";
import { useEmailText } from "./text.ts";

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
  const text = useEmailText().monthlyReport;
  const previous = monthBefore(month);
  return (
    <>
      <Title>{text.title(month)}</Title>
      <Paragraph>{text.body(tenantName, month, previous)}</Paragraph>
      <FiguresTable
        columns={[text.figure, formatShortMonth(previous), formatShortMonth(month), text.change]}
        rows={figures.map((figure) => [
          figure.label,
          formatFigure(figure, figure.previous),
          formatFigure(figure, figure.value),
          formatChange(figure.value, figure.previous) ?? NOTHING,
        ])}
      />
      {gap ? <Gap {...gap} /> : null}
      <DailyBars label={dailyLabel} days={daily} />
      <ActionButton href={dashboardUrl}>{text.button}</ActionButton>
    </>
  );
}

/** "API calls: 7,387 · Storage: 48.2 MB", with the first three figures. */
export function summarize({ figures }: MonthlyReportData): string {
  return figures.slice(0, 3).map((figure) => `${figure.label}: ${formatFigure(figure, figure.value)}`)
    .join(" · ");
}

function Gap({ labels, lastMeasured }: NonNullable<MonthlyReportData["gap"]>) {
  const text = useEmailText().monthlyReport;
  const figures = LIST.format(labels);
  return (
    <Note>
      {lastMeasured === null
        ? text.neverMeasured(figures)
        : text.lastMeasured(figures, formatIsoDay(lastMeasured))}
    </Note>
  );
}

function formatFigure({ unit }: ReportFigure, value: number | null): string {
  if (value === null) return NOTHING;
  return unit === "bytes" ? formatBytes(value) : formatCount(value);
}
