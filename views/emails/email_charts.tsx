import type { DailyValue } from "../../src/email/messages.ts";
import { formatCount } from "../components/count.ts";
import { useEmail } from "./email_context.ts";
import { NOTE } from "./email_style.ts";
import { formatIsoDay } from "./formats.ts";
import { Grid } from "./grid.tsx";
import { LIGHT } from "./palette.ts";

const CHART_HEIGHT = 72; // pixels
const SMALLEST_BAR = 2; // pixels, so that a day with nothing is seen to be one
/** A cell without content loses its height. */
const NBSP = "\u00a0";

/** A bar a day, made of table cells, and what it shows in words. A day that wasn't counted has its place and no bar. */
export function DailyBars({ label, days }: { label: string; days: DailyValue[] }) {
  const counted = days.filter(isCounted);
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
              {value === null ? NBSP : <Bar height={barHeight(value, highest.value)} />}
            </td>
          ))}
        </tr>
      </Grid>
      <p class="muted" style={`${NOTE};margin:10px 0 24px`}>
        {label} a day: highest on {formatIsoDay(highest.day)} with {formatCount(highest.value)}, lowest on
        {" "}
        {formatIsoDay(lowest.day)} with {formatCount(lowest.value)}.
      </p>
    </>
  );
}

/** How much of a limit is used; the text beside it says so in figures. */
export function UsageBar({ used, limit }: { used: number; limit: number }) {
  const { accent } = useEmail();
  const share = limit > 0 ? Math.min(100, Math.floor(used / limit * 100)) : 100;
  const cell = "height:8px;font-size:0;line-height:0";
  return (
    <Grid fluid class="html-only" aria-hidden="true">
      <tr>
        <td style="padding:4px 0 24px">
          <Grid
            fluid
            class="sunken"
            bgcolor={LIGHT.sunken}
            style={`background-color:${LIGHT.sunken};border-radius:4px`}
          >
            <tr>
              {share > 0
                ? (
                  <td
                    class="bar"
                    width={`${share}%`}
                    height="8"
                    bgcolor={accent.light.text}
                    style={`width:${share}%;${cell};background-color:${accent.light.text};border-radius:4px`}
                  >
                    {NBSP}
                  </td>
                )
                : null}
              {share < 100 ? <td height="8" style={cell}>{NBSP}</td> : null}
            </tr>
          </Grid>
        </td>
      </tr>
    </Grid>
  );
}

function isCounted(day: DailyValue): day is { day: string; value: number } {
  return day.value !== null;
}

function Bar({ height }: { height: number }) {
  const { accent } = useEmail();
  const look = `height:${height}px;font-size:0;line-height:0;border-radius:2px 2px 0 0`;
  return (
    <Grid fluid>
      <tr>
        <td
          class="bar"
          height={String(height)}
          bgcolor={accent.light.text}
          style={`${look};background-color:${accent.light.text}`}
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
