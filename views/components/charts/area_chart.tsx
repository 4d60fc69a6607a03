import { type ChartProps, PLOT } from "./chart.ts";
import { ChartFrame } from "./chart_frame.tsx";
import { areaPath, lineSteps, valueScale, xOf } from "./geometry.ts";
import { rememberChart } from "./remembered.ts";
import { SERIES } from "./series.ts";
import { SeriesNames } from "./series_names.tsx";

type AreaChartProps = Omit<ChartProps, "series" | "limit"> & {
  /** The names of up to three layers, the lowest first. Each value of a point includes those of the layers below it. */
  series: readonly string[];
};

/** Areas on top of each other, such as the people of a day, a week and a month. */
export function AreaChart(props: AreaChartProps) {
  return rememberChart("areas", props, () => <Areas {...props} />);
}

function Areas(chart: AreaChartProps) {
  const { points, series } = chart;
  const scale = valueScale(points);
  const edges = (layer: number) =>
    points.map(({ values }) => [values[layer - 1] ?? 0, values[layer] ?? 0] as const);
  return (
    <div>
      <SeriesNames names={series} />
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
        >
          {series.map((name, layer) => (
            <path key={name} d={areaPath(edges(layer), scale.y)} class={SERIES[layer]!.fill} />
          ))}
        </svg>
      </ChartFrame>
    </div>
  );
}
