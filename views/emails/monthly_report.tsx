import type { EmailMessages, ReportFigure } from "../../src/email/messages.ts";
import { formatCount } from "../components/count.ts";
import { DailyBars } from "./email_charts.tsx";
import { ActionButton, FiguresTable, Paragraph, Title } from "./email_components.tsx";
import {
  formatBytes,
  formatChange,
  formatMoneyFigure,
  formatMonth,
  formatShortMonth,
  monthBefore,
} from "./formats.ts";

type Props = EmailMessages["monthly_report"];

const NOTHING = "–";

export const subject = ({ tenantName, month }: Props) => `${tenantName} in ${formatMonth(month)}`;

export const preheader = ({ figures }: Props) =>
  figures.slice(0, 3).map((figure) => `${figure.label}: ${formatFigure(figure, figure.value)}`).join(" · ");

/** At the start of a month, about the month before. */
export function Content({ tenantName, month, figures, dailyLabel, daily, dashboardUrl }: Props) {
  return (
    <>
      <Title>{formatMonth(month)}</Title>
      <Paragraph>This was the month at {tenantName}, beside the one before.</Paragraph>
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
      <DailyBars label={dailyLabel} days={daily} />
      <ActionButton href={dashboardUrl}>Open your dashboard</ActionButton>
    </>
  );
}

function formatFigure({ currency, unit }: ReportFigure, value: number | null): string {
  if (value === null) return NOTHING;
  if (unit === "bytes") return formatBytes(value);
  return currency ? formatMoneyFigure(value, currency) : formatCount(value);
}
