import type { EmailMessages, ReportFigure } from "../../src/email/messages.ts";
import { formatCount } from "../components/count.ts";
import { DailyBars } from "./email_charts.tsx";
import { ActionButton, FiguresTable, Note, Paragraph, Title } from "./email_components.tsx";
import {
  formatBytes,
  formatChange,
  formatIsoDay,
  formatMoneyFigure,
  formatMonth,
  formatShortMonth,
  monthBefore,
} from "./formats.ts";

type Props = EmailMessages["monthly_report"];

const NOTHING = "–";
const LIST = new Intl.ListFormat("en", { type: "conjunction" });

export const subject = ({ tenantName, month }: Props) => `${tenantName} in ${formatMonth(month)}`;

export const preheader = ({ figures }: Props) =>
  figures.slice(0, 3).map((figure) => `${figure.label}: ${formatFigure(figure, figure.value)}`).join(" · ");

/** At the start of a month, about the month before. */
export function Content({ tenantName, month, figures, gap, dailyLabel, daily, dashboardUrl }: Props) {
  return (
    <>
      <Title>{formatMonth(month)}</Title>
      <Paragraph>Here is the month at {tenantName}, next to the month before.</Paragraph>
      <FiguresTable
        columns={["Figure", formatShortMonth(monthBefore(month)), formatShortMonth(month), "Change"]}
        rows={figures.map((figure) => ({
          cells: [
            figure.label,
            formatFigure(figure, figure.previous),
            formatFigure(figure, figure.value),
            formatChange(figure.value, figure.previous) ?? NOTHING,
          ],
        }))}
      />
      {gap ? <Note>{explainGap(gap)}</Note> : null}
      <DailyBars label={dailyLabel} days={daily} />
      <ActionButton href={dashboardUrl}>Open your dashboard</ActionButton>
    </>
  );
}

function explainGap({ labels, lastMeasured }: NonNullable<Props["gap"]>): string {
  const figures = LIST.format(labels);
  if (lastMeasured === null) return `${figures} were not measured this month.`;
  return `${figures} were last measured on ${formatIsoDay(lastMeasured)}. There are no later figures.`;
}

function formatFigure({ currency, unit }: ReportFigure, value: number | null): string {
  if (value === null) return NOTHING;
  if (unit === "bytes") return formatBytes(value);
  return currency ? formatMoneyFigure(value, currency) : formatCount(value);
}
