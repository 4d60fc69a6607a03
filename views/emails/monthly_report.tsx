import { formatCount } from "../components/count.ts";
import type { Locale } from "../locale.ts";
import { DailyBars, type DailyValue } from "./email_charts.tsx";
import { ActionButton, FiguresTable, Note, Paragraph, Title } from "./email_components.tsx";
import type { EmailBrand } from "./email_context.ts";
import { formatBytes, formatChange, formatIsoDay, formatShortMonth, monthBefore } from "./formats.ts";
import { emailText, useEmailText } from "./text.ts";

export type MonthlyReportData = {
  tenantName: string;
  /** The first day of the month, 00:00 UTC. */
  month: Date;
  figures: ReportFigure[];
  /** The figures that weren't measured on the month's last day, and the last day on which they were. */
  gap: { metrics: Metric[]; lastMeasured: string | null } | null;
  /** The API calls of each day. */
  daily: DailyValue[];
  dashboardUrl: string;
};

/** A figure for a month and for the previous month. Null if nothing was counted. */
export type ReportFigure = {
  metric: Metric;
  value: number | null;
  previous: number | null;
  unit?: "bytes";
};

type Metric = keyof ReturnType<typeof emailText.of>["monthlyReport"]["figures"];

const NOTHING = "–";
const LIST = new Intl.ListFormat("en", { type: "conjunction" });

export function MonthlyReport(
  { tenantName, month, figures, gap, daily, dashboardUrl }: MonthlyReportData,
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
          text.figures[figure.metric],
          formatFigure(figure, figure.previous),
          formatFigure(figure, figure.value),
          formatChange(figure.value, figure.previous) ?? NOTHING,
        ])}
      />
      {gap ? <Gap {...gap} /> : null}
      <DailyBars days={daily} />
      <ActionButton href={dashboardUrl}>{text.button}</ActionButton>
    </>
  );
}

/** "API calls: 7,387 · Storage: 48.2 MB", with the first three figures. */
export function summarize({ figures }: MonthlyReportData, _brand: EmailBrand, locale: Locale): string {
  const names = emailText.of(locale).monthlyReport.figures;
  return figures.slice(0, 3).map((figure) => `${names[figure.metric]}: ${formatFigure(figure, figure.value)}`)
    .join(" · ");
}

function Gap({ metrics, lastMeasured }: NonNullable<MonthlyReportData["gap"]>) {
  const text = useEmailText().monthlyReport;
  const figures = LIST.format(metrics.map((metric) => text.figures[metric]));
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
