import type { Child } from "hono/jsx";
import { type ChartProps, type ChartUnit, PLOT } from "./chart.ts";
import { ChartTable } from "./chart_table.tsx";
import { useAxisFormat, useChartFormat } from "./format.ts";
import type { Steps, ValueScale } from "./geometry.ts";
import { chartText } from "./text.ts";

const TEXT = "text-[0.6875rem]";
/** The space for the axis' labels, in pixels. */
const AXIS_WIDTH: Record<ChartUnit, number> = { count: 32, bytes: 48, milliseconds: 48 };

/**
 * A chart's plot with its lines, its axes and its table. All distances from the top are pixels and all from the left are percentages,
 * so that a chart fits any width and its text keeps its size. `labelX` is where a point's label starts, and `steps` where the points
 * are. The arrow keys go from point to point (views/static/app.js), so a chart is one stop of the Tab key.
 */
export function ChartFrame(
  { chart, scale, labelX, steps, children }: {
    chart: Omit<ChartProps, "series"> & { series: readonly string[] };
    scale: ValueScale;
    labelX: (index: number) => number;
    steps: Steps;
    children?: Child;
  },
) {
  const { label, points, unit = "count" } = chart;
  return (
    <div>
      <div
        dir="ltr"
        class="relative flex gap-2 rounded-sm has-focus-visible:outline-2 has-focus-visible:outline-offset-4 has-focus-visible:outline-accent"
      >
        <svg
          role="img"
          aria-label={label}
          class="min-w-0 flex-1 overflow-visible"
          width="100%"
          height={PLOT.height}
        >
          {scale.ticks.map(({ y }) => (
            <line key={y} x2="100%" y1={y} y2={y} class="stroke-line" shape-rendering="crispEdges" />
          ))}
          {children}
          <Limit limit={chart.limit} y={scale.limitY} />
          {points.map(({ label, hasTick }, index) =>
            hasTick
              ? (
                <text key={label} x={`${labelX(index)}%`} y={PLOT.height - 5} class={`fill-faint ${TEXT}`}>
                  {label}
                </text>
              )
              : null
          )}
          <line
            data-cursor
            y1={PLOT.top}
            y2={PLOT.bottom}
            class="stroke-ink"
            visibility="hidden"
            shape-rendering="crispEdges"
          />
        </svg>
        <ValueAxis scale={scale} unit={unit} />
        <Points chart={chart} steps={steps} />
      </div>
      <ChartTable {...chart} />
    </div>
  );
}

/** The points for the keyboard and for screen readers, and the text of the one that is chosen. */
function Points(
  { chart: { label, points, series, unit }, steps: { first, step } }: {
    chart: Omit<ChartProps, "series"> & { series: readonly string[] };
    steps: Steps;
  },
) {
  const text = chartText.use();
  const format = useChartFormat(unit);
  const last = points.at(-1);
  if (!last) return null;
  const values = last.values.map((value) => value === null ? text.notMeasured : format(value));
  const named = series.length > 1 ? series.map((name, index) => `${name} ${values[index]}`) : values;
  return (
    <>
      <input
        type="range"
        min={0}
        max={points.length - 1}
        value={points.length - 1}
        autocomplete="off"
        aria-label={text.byPoint(label)}
        aria-valuetext={`${last.label}: ${named.join(", ")}`}
        data-first={first}
        data-step={step}
        class="pointer-events-none absolute inset-0 opacity-0"
      />
      <p
        hidden
        aria-hidden="true"
        class="pointer-events-none absolute start-1 -top-2 rounded-sm border border-line bg-raised px-2 py-0.5 text-sm whitespace-nowrap tabular-nums shadow-pop data-end:start-auto data-end:end-11"
      >
      </p>
    </>
  );
}

function Limit({ limit, y }: { limit: ChartProps["limit"]; y: number | null }) {
  if (!limit) return null;
  const look = `fill-warning ${TEXT}`;
  if (y === null) {
    return <text x="0" y={PLOT.top - 5} class={look}>{chartText.use().aboveChart(limit.label)}</text>;
  }
  const isAtTop = y < PLOT.top + 12;
  return (
    <>
      <line x2="100%" y1={y} y2={y} class="stroke-warning" stroke-dasharray="3 4" />
      <text
        x="0"
        y={isAtTop ? y + 13 : y - 5}
        class={`${look} stroke-surface`}
        stroke-width="3"
        paint-order="stroke"
      >
        {limit.label}
      </text>
    </>
  );
}

function ValueAxis({ scale, unit }: { scale: ValueScale; unit: ChartUnit }) {
  const format = useAxisFormat(unit);
  const width = AXIS_WIDTH[unit];
  return (
    <svg class="shrink-0" width={width} height={PLOT.height} aria-hidden="true">
      {scale.ticks.map(({ value, y }) => (
        <text key={value} x={width} y={y + 4} text-anchor="end" class={`fill-faint ${TEXT}`}>
          {format(value)}
        </text>
      ))}
    </svg>
  );
}
