import { type ChartProps, PLOT } from "./chart.ts";
import { ChartFrame } from "./chart_frame.tsx";
import { endLabels, linePath, valueScale, xOf } from "./geometry.ts";
import { rememberChart } from "./remembered.ts";
import { SERIES } from "./series.ts";

/** A line for each series, with its name at its end. */
export function LineChart(props: ChartProps) {
  return rememberChart("lines", props, () => <Lines {...props} />);
}

function Lines(chart: ChartProps) {
  const { points, series } = chart;
  const scale = valueScale(points, chart.limit?.value);
  const names = series.length > 1 ? endLabels(points, scale) : [];
  return (
    <ChartFrame chart={chart} scale={scale} labelX={(index) => xOf(index, points.length)}>
      <svg
        width="100%"
        height={PLOT.height}
        viewBox={`0 0 100 ${PLOT.height}`}
        preserveAspectRatio="none"
        class="overflow-visible"
      >
        {series.map((_, index) => (
          <path
            d={linePath(points.map(({ values }) => values[index] ?? null), scale.y)}
            fill="none"
            stroke-width="1.75"
            stroke-linecap="round"
            stroke-linejoin="round"
            vector-effect="non-scaling-stroke"
            class={SERIES[index]!.stroke}
          />
        ))}
      </svg>
      {names.map((y, index) =>
        y === null ? null : (
          <text
            x="100%"
            y={y}
            text-anchor="end"
            stroke-width="3"
            paint-order="stroke"
            class={`${SERIES[index]!.label} stroke-surface text-xs font-medium`}
          >
            {series[index]}
          </text>
        )
      )}
    </ChartFrame>
  );
}
