import type { ChartProps } from "./chart.ts";
import { ChartFrame } from "./chart_frame.tsx";
import { useChartFormat } from "./format.ts";
import { barsOf, barSteps, valueScale } from "./geometry.ts";
import { barsMarkup } from "./markup.tsx";
import { rememberChart } from "./remembered.ts";
import { SeriesNames } from "./series_names.tsx";

/** Bars for each step. With `isLastUnfinished`, the last step is lighter, because it isn't over. */
export function BarChart(props: BarChartProps) {
  return rememberChart("bars", props, () => <Bars {...props} />);
}

type BarChartProps = ChartProps & { isLastUnfinished?: boolean };

function Bars({ isLastUnfinished = false, ...chart }: BarChartProps) {
  const format = useChartFormat(chart.unit);
  const { points, series } = chart;
  const scale = valueScale(points, chart.limit?.value);
  const bars = barsOf(points, scale);
  return (
    <div>
      {series.length > 1 ? <SeriesNames names={series} /> : null}
      <ChartFrame
        chart={chart}
        scale={scale}
        labelX={(index) => bars[index]!.find(Boolean)?.x ?? index / points.length * 100}
        steps={barSteps(points.length)}
      >
        {barsMarkup(points, bars, { format, isLastUnfinished })}
      </ChartFrame>
    </div>
  );
}
