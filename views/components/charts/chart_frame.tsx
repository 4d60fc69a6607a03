import type { Child } from "hono/jsx";
import { type ChartProps, type ChartUnit, PLOT } from "./chart.ts";
import { ChartTable } from "./chart_table.tsx";
import { useAxisFormat } from "./format.ts";
import type { ValueScale } from "./geometry.ts";
import { chartText } from "./text.ts";

const TEXT = "text-[0.6875rem]";
/** The space for the axis' labels, in pixels. */
const AXIS_WIDTH: Record<ChartUnit, number> = { count: 32, bytes: 48, milliseconds: 48 };

/**
 * A chart's plot with its lines, its axes and its table. All distances from the top are pixels and all from the left are percentages,
 * so that a chart fits any width and its text keeps its size. `labelX` is where a point's label starts.
 */
export function ChartFrame(
  { chart, scale, labelX, children }: {
    chart: ChartProps;
    scale: ValueScale;
    labelX: (index: number) => number;
    children?: Child;
  },
) {
  const { label, points, unit = "count" } = chart;
  return (
    <div>
      <div role="img" aria-label={label} dir="ltr" class="flex gap-2">
        <svg class="min-w-0 flex-1 overflow-visible" width="100%" height={PLOT.height} aria-hidden="true">
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
        </svg>
        <ValueAxis scale={scale} unit={unit} />
      </div>
      <ChartTable {...chart} />
    </div>
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
