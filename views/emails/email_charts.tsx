import { formatCount } from "../components/count.ts";
import type { Locale } from "../locale.ts";
import { useEmail } from "./email_context.ts";
import { NOTE } from "./email_style.ts";
import { formatIsoDay } from "./formats.ts";
import { Grid } from "./grid.tsx";
import { LIGHT } from "./palette.ts";
import { useEmailText } from "./text.ts";

const CHART_HEIGHT = 72; // pixels
const SMALLEST_BAR = 2; // pixels, so that a zero is visible
/** Keeps the height of an empty cell. */
const NBSP = "\u00a0";

/** `day` is an ISO date, `2026-10-01`. `value` is null if nothing was counted. */
export type DailyValue = { day: string; value: number | null };

/** One bar per day, made of table cells, and a text summary. A day that wasn't counted has no bar. */
export function DailyBars({ days }: { days: DailyValue[] }) {
  const counted = days.filter(isCounted);
  const text = useEmailText().monthlyReport;
  const { locale } = useEmail();
  if (counted.length === 0) return null;
  const highest = counted.reduce((best, day) => day.value > best.value ? day : best);
  const lowest = counted.reduce((least, day) => day.value < least.value ? day : least);
  return (
    <>
      <Grid fluid class="html-only" aria-hidden="true" style="table-layout:fixed">
        <tr>
          {days.map(({ value }) => (
            <td
              valign="bottom"
              height={String(CHART_HEIGHT)}
              style={`height:${CHART_HEIGHT}px;padding:0 1px`}
            >
              {value === null
                ? NBSP
                : <Bar height={barHeight(value, highest.value)} isPeak={value === highest.value} />}
            </td>
          ))}
        </tr>
      </Grid>
      <p class="muted" style={`${NOTE};margin:10px 0 24px`}>
        {text.daily(describe(highest, locale), describe(lowest, locale))}
      </p>
    </>
  );
}

function isCounted(day: DailyValue): day is { day: string; value: number } {
  return day.value !== null;
}

/** "October 28 (366)". */
function describe({ day, value }: { day: string; value: number }, locale: Locale): string {
  return `${formatIsoDay(day, locale)} (${formatCount(value, locale)})`;
}

/** The highest bar stands out, and the text under the chart names it. */
function Bar({ height, isPeak }: { height: number; isPeak: boolean }) {
  const color = isPeak ? LIGHT.ink : LIGHT.bar;
  const look = `height:${height}px;font-size:0;line-height:0;border-radius:2px 2px 0 0`;
  return (
    <Grid fluid>
      <tr>
        <td
          class={isPeak ? "peak" : "bar"}
          height={String(height)}
          bgcolor={color}
          style={`${look};background-color:${color}`}
        >
          {NBSP}
        </td>
      </tr>
    </Grid>
  );
}

function barHeight(value: number, highest: number): number {
  return highest <= 0 ? SMALLEST_BAR : Math.max(SMALLEST_BAR, Math.round(value / highest * CHART_HEIGHT));
}
