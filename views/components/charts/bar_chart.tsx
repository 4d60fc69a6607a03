import type { ChartProps } from "./chart.ts";
import { ChartFrame } from "./chart_frame.tsx";
import { useChartFormat } from "./format.ts";
import { barsOf, valueScale } from "./geometry.ts";
import { barsMarkup } from "./markup.tsx";
import { rememberChart } from "./remembered.ts";
import { SERIES } from "./series.ts";

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
      >
        {barsMarkup(points, bars, { format, isLastUnfinished })}
      </ChartFrame>
    </div>
  );
}

/** The table has the names for screen readers. */
function SeriesNames({ names }: { names: ChartProps["series"] }) {
  return (
    <p class="mb-2 flex flex-wrap gap-x-4 text-sm" aria-hidden="true">
      {names.map((name, series) => (
        <span class={`inline-flex items-center gap-1.5 ${SERIES[series]!.text}`}>
          <svg width="10" height="10">
            <rect width="10" height="10" rx="2" class={SERIES[series]!.fill} />
          </svg>
          {name}
        </span>
      ))}
    </p>
  );
}
