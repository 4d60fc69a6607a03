import { formatBytes, formatCount } from "../components/count.ts";
import { LANGUAGE_TAGS, type Locale } from "../locale.ts";
import { DailyBars, type DailyValue } from "./email_charts.tsx";
import { ActionButton, FiguresTable, Note, Paragraph, Title } from "./email_components.tsx";
import { type EmailBrand, useEmail } from "./email_context.ts";
import { formatChange, formatIsoDay, formatShortMonth, monthBefore } from "./formats.ts";
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

export function MonthlyReport(
  { tenantName, month, figures, gap, daily, dashboardUrl }: MonthlyReportData,
) {
  const text = useEmailText().monthlyReport;
  const { locale } = useEmail();
  const previous = monthBefore(month);
  return (
    <>
      <Title>{text.title(month)}</Title>
      <Paragraph>{text.body(tenantName, month, previous)}</Paragraph>
      <FiguresTable
        columns={[
          text.figure,
          formatShortMonth(previous, locale),
          formatShortMonth(month, locale),
          text.change,
        ]}
        rows={figures.map((figure) => [
          text.figures[figure.metric],
          formatFigure(figure, figure.previous, locale),
          formatFigure(figure, figure.value, locale),
          formatChange(figure.value, figure.previous, locale) ?? NOTHING,
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
  return figures.slice(0, 3).map((figure) =>
    `${names[figure.metric]}: ${formatFigure(figure, figure.value, locale)}`
  )
    .join(" · ");
}

function Gap({ metrics, lastMeasured }: NonNullable<MonthlyReportData["gap"]>) {
  const text = useEmailText().monthlyReport;
  const { locale } = useEmail();
  const list = new Intl.ListFormat(LANGUAGE_TAGS[locale], { type: "conjunction" });
  const figures = list.format(metrics.map((metric) => text.figures[metric]));
  return (
    <Note>
      {lastMeasured === null
        ? text.neverMeasured(figures)
        : text.lastMeasured(figures, formatIsoDay(lastMeasured, locale))}
    </Note>
  );
}

function formatFigure({ unit }: ReportFigure, value: number | null, locale: Locale): string {
  if (value === null) return NOTHING;
  return unit === "bytes" ? formatBytes(value, locale) : formatCount(value, locale);
}
