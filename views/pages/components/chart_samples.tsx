import { AreaChart } from "../../components/charts/area_chart.tsx";
import { BarChart } from "../../components/charts/bar_chart.tsx";
import { HeatMap } from "../../components/charts/heat_map.tsx";
import { LineChart } from "../../components/charts/line_chart.tsx";
import { RankedList } from "../../components/charts/ranked_list.tsx";
import { Sparkline } from "../../components/charts/sparkline.tsx";
import { Samples } from "./samples.tsx";

const CALLS = [212, 198, 96, 88, 241, 263, 255, 270, 248, 104, 91, 259, 284, 301];
const ERRORS = [12, 8, 3, 4, 11, 90, 44, 9, 8, 2, 3, 10, 12, 7];
const POINTS = CALLS.map((calls, day) => ({
  label: `Oct ${day + 1}`,
  values: [calls, ERRORS[day]!],
  hasTick: day % 7 === 0,
}));
const ACTIVE = POINTS.map(({ label, hasTick }, day) => ({
  label,
  hasTick,
  values: [20 + day % 7 * 3, 60 + day * 2, 140 + day * 3],
}));
const CALL_POINTS = POINTS.map((point) => ({ ...point, values: point.values.slice(0, 1) }));
const GAPS = POINTS.map((point, day) => ({
  ...point,
  values: day > 4 && day < 8 ? [null, null] : point.values,
}));

const DURATIONS = POINTS.map(({ label, hasTick }, day) => ({
  label,
  hasTick,
  values: [8 + day % 3, 31 + day % 5 * 2, 74 + day % 4 * 9],
}));

/** Bars, lines and sparklines: with a limit, several series, gaps, and a limit above the chart. */
export function ChartSamples() {
  return (
    <Samples title="Charts">
      <div class="grid w-full grid-cols-1 gap-8 sm:grid-cols-2">
        <BarChart
          label="API calls per day"
          series={["API calls"]}
          pointName="Day"
          points={CALL_POINTS}
          limit={{ label: "Daily share of your plan: 280", value: 280 }}
          isLastUnfinished
        />
        <BarChart
          label="API calls per day, below the plan's share"
          series={["API calls"]}
          pointName="Day"
          points={CALL_POINTS}
          limit={{ label: "Daily share of your plan: 16,667", value: 16_667 }}
        />
        <BarChart
          label="API calls and errors per day"
          series={["API calls", "Errors"]}
          pointName="Day"
          points={POINTS}
        />
        <LineChart
          label="API calls and errors per day, as lines"
          series={["API calls", "Errors"]}
          pointName="Day"
          points={GAPS}
        />
        <LineChart
          label="Median, 95th and 99th percentile of durations per day"
          series={["p50", "p95", "p99"]}
          pointName="Day"
          points={DURATIONS}
          unit="milliseconds"
        />
        <AreaChart
          label="Active people in a day, in seven days and in 28 days"
          series={["Daily", "Weekly", "Monthly"]}
          pointName="Day"
          points={ACTIVE}
        />
        <RankedList
          label="Steps of the funnel"
          lines={[
            { key: "1", label: "signed_up", value: "400", share: 1 },
            { key: "2", label: "project_created", value: "260", detail: "65%", share: 0.65 },
          ]}
        />
      </div>
      <HeatMap
        label="The share of each week's new workspaces that were in use in later weeks"
        head="Week of"
        detail="Workspaces"
        columns={["+0", "+1", "+2", "+3"]}
        lines={[
          { label: "Oct 5", detail: "24", shares: [1, 0.71, 0.5, 0.08] },
          { label: "Oct 12", detail: "31", shares: [0.94, 0.61, 0, null] },
        ]}
      />
      <Sparkline values={CALLS} />
      <Sparkline values={[4, 4, 4]} />
    </Samples>
  );
}
