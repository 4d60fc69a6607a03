import type { ChartUnit } from "./chart.ts";
import { useChartFormat } from "./format.ts";
import { isMeasured, sparklinePath } from "./geometry.ts";
import { rememberChart } from "./remembered.ts";
import { chartText } from "./text.ts";

const SIZE = { width: 72, height: 20 };

/** How a figure changed in 30 days. The page behind the figure has the values. Nothing if there are fewer than two. */
export function Sparkline(props: SparklineProps) {
  return rememberChart("sparkline", props, () => <Line {...props} />);
}

type SparklineProps = { values: readonly (number | null)[]; unit?: ChartUnit };

function Line({ values, unit }: SparklineProps) {
  const text = chartText.use();
  const format = useChartFormat(unit);
  const path = sparklinePath(values, SIZE);
  const [first, last] = [values.find(isMeasured), values.findLast(isMeasured)];
  if (path === "" || first === undefined || last === undefined) return null;
  return (
    <svg
      role="img"
      aria-label={text.trend(format(first!), format(last!))}
      viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
      width={SIZE.width}
      height={SIZE.height}
      class="shrink-0 overflow-visible"
    >
      <path
        d={path}
        fill="none"
        stroke-width="1.5"
        stroke-linecap="round"
        stroke-linejoin="round"
        class="stroke-accent"
      />
    </svg>
  );
}
