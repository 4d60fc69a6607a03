import { type ChartProps, PLOT } from "./chart.ts";
import { ChartFrame } from "./chart_frame.tsx";
import { linePath, lineSteps, valueScale, xOf } from "./geometry.ts";
import { rememberChart } from "./remembered.ts";
import { SERIES } from "./series.ts";
import { SeriesNames } from "./series_names.tsx";

type LineChartProps = Omit<ChartProps, "series"> & {
  /** The names of one to three series. */
  series: ChartProps["series"] | readonly [string, string, string];
};

/** A line for each series. */
export function LineChart(props: LineChartProps) {
  return rememberChart("lines", props, () => <Lines {...props} />);
}

function Lines(chart: LineChartProps) {
  const { points, series } = chart;
  const scale = valueScale(points, chart.limit?.value);
  return (
    <div>
      {series.length > 1 ? <SeriesNames names={series} areLines /> : null}
      <ChartFrame
        chart={chart}
        scale={scale}
        labelX={(index) => xOf(index, points.length)}
        steps={lineSteps(points.length)}
      >
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
              stroke-dasharray={SERIES[index]!.dashes}
              vector-effect="non-scaling-stroke"
              class={SERIES[index]!.stroke}
            />
          ))}
        </svg>
      </ChartFrame>
    </div>
  );
}
