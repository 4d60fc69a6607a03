import { raw } from "hono/html";
import { escapeToBuffer } from "hono/utils/html";
import { SERIES } from "./series.ts";
import type { ChartPoint } from "./chart.ts";
import type { Bar } from "./geometry.ts";

/**
 * The parts of a chart that repeat for each point, written as text: charts have dozens of them, and JSX elements would take most
 * of a page's time.
 */

type Format = (value: number) => string;

/** Bars with their values, which browsers show on hover. */
export function barsMarkup(
  points: readonly ChartPoint[],
  bars: readonly (Bar | null)[][],
  { format, isLastUnfinished }: { format: Format; isLastUnfinished: boolean },
) {
  return raw(
    bars.flatMap((step, index) => {
      const isUnfinished = isLastUnfinished && index === bars.length - 1;
      const label = escaped(points[index]!.label);
      return step.map((bar, series) => {
        if (!bar) return "";
        const look = isUnfinished ? "fill-chart-quiet" : SERIES[series]!.fill;
        return `<rect x="${bar.x}%" y="${bar.y}" width="${bar.width}%" height="${bar.height}" rx="2" class="${look}">` +
          `<title>${label}: ${escaped(format(bar.value))}</title></rect>`;
      });
    }).join(""),
  );
}

/** The rows of the chart's table. */
export function rowsMarkup(points: readonly ChartPoint[], format: Format, missing: string) {
  return raw(
    points.map(({ label, values }) => {
      const cells = values.map((value) => `<td>${escaped(value === null ? missing : format(value))}</td>`);
      return `<tr><th scope="row">${escaped(label)}</th>${cells.join("")}</tr>`;
    }).join(""),
  );
}

function escaped(text: string): string {
  const buffer: [string] = [""];
  escapeToBuffer(text, buffer);
  return buffer[0];
}
