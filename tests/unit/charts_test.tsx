import assert from "node:assert/strict";
import { BarChart } from "../../views/components/charts/bar_chart.tsx";
import { PLOT } from "../../views/components/charts/chart.ts";
import {
  barsOf,
  barSteps,
  linePath,
  lineSteps,
  sparklinePath,
  valueScale,
} from "../../views/components/charts/geometry.ts";
import { LineChart } from "../../views/components/charts/line_chart.tsx";
import { Sparkline } from "../../views/components/charts/sparkline.tsx";
import { formatBytes, formatChange, formatCount } from "../../views/components/count.ts";
import { htmlOf } from "../support/page.tsx";

/** Protects: charts show their values truly, name themselves, and have a table behind them, without inline styles. */

const FULL_HEIGHT = PLOT.bottom - PLOT.top;
const CHART = { label: "API calls per day", series: ["API calls"] as const, pointName: "Day" };

Deno.test("the scale starts at zero and ends at a round number above all values", () => {
  const scale = valueScale(pointsOf(4_100, 15_700));

  assert.deepEqual(scale.ticks.map(({ value }) => value), [10_000, 20_000]);
  assert.deepEqual([scale.y(0), scale.y(20_000)], [PLOT.bottom, PLOT.top]);
});

Deno.test("small counts have no fractions on the axis, and zeros have an empty chart", () => {
  assert.deepEqual(valueScale(pointsOf(1)).ticks.map(({ value }) => value), [1]);
  assert.deepEqual(valueScale(pointsOf(0, 0)).y(0), PLOT.bottom);
});

Deno.test("a limit is on the chart unless it is far above the values", () => {
  const near = valueScale(pointsOf(9_000), 16_667);
  const far = valueScale(pointsOf(300), 16_667);

  assert.equal(near.limitY, near.y(16_667));
  assert.ok(near.limitY! >= PLOT.top);
  assert.equal(far.limitY, null);
  assert.equal(far.ticks.at(-1)!.value, 400);
});

Deno.test("bars are as high as their values, side by side, and inside the chart", () => {
  const points = pointsOf(10, 5, 0, null, 20);

  const bars = barsOf(points, valueScale(points)).flat();

  assert.deepEqual(bars.map((bar) => bar?.height), [
    FULL_HEIGHT / 2,
    FULL_HEIGHT / 4,
    0,
    undefined,
    FULL_HEIGHT,
  ]);
  const drawn = bars.filter((bar) => bar !== null);
  for (const [index, bar] of drawn.entries()) {
    assert.ok(bar.x >= (index === 0 ? 0 : drawn[index - 1]!.x + drawn[index - 1]!.width));
    assert.ok(bar.x + bar.width <= 100.1);
  }
});

Deno.test("a value that is small beside the others still has a visible bar", () => {
  const points = pointsOf(1, 100_000);

  const [small] = barsOf(points, valueScale(points)).flat();

  assert.equal(small!.height, 2);
});

Deno.test("two series have two bars in each step, which don't touch", () => {
  const points = [{ label: "Oct 1", values: [10, 5] }, { label: "Oct 2", values: [8, 2] }];

  const [first, second] = barsOf(points, valueScale(points)).flat();

  assert.ok(first!.x + first!.width < second!.x);
});

Deno.test("a line has a gap where nothing was measured", () => {
  const path = linePath([1, 2, null, 4, 5], (value) => value);

  assert.equal(path, "M0,1L25,2M75,4L100,5");
});

Deno.test("a sparkline fills its height, is flat without changes, and needs two values", () => {
  const size = { width: 72, height: 20 };

  assert.equal(sparklinePath([3, 9], size), "M0,19L72,1");
  assert.equal(sparklinePath([4, 4], size), "M0,10L72,10");
  assert.equal(sparklinePath([null, 4], size), "");
});

Deno.test("a bar chart has a name, its limit, a lighter last bar, and a table with every value", async () => {
  const points = pointsOf(9_700, 12_400, 3_100);
  const limit = { label: "Daily share of your plan: 16,667", value: 16_667 };

  const chart = await htmlOf(<BarChart {...CHART} points={points} limit={limit} isLastUnfinished />);

  assert.match(chart, /role="img" aria-label="API calls per day"/);
  assert.match(chart, /stroke-dasharray[^]*Daily share of your plan: 16,667/);
  assert.deepEqual([...chart.matchAll(/<rect[^>]*class="([^"]*)"/g)].map(([, look]) => look), [
    "fill-accent",
    "fill-accent",
    "fill-chart-quiet",
  ]);
  assert.deepEqual(rowsIn(chart), [["Oct 1", "9,700"], ["Oct 2", "12,400"], ["Oct 3", "3,100"]]);
  assert.match(chart, /<title>Oct 2: 12,400<\/title>/);
  assert.doesNotMatch(chart, /\sstyle=/);
});

Deno.test("a chart is one stop of the Tab key, with its last point as its value", async () => {
  const bars = await htmlOf(<BarChart {...CHART} points={pointsOf(9_700, 12_400)} />);
  const series = ["This period", "Period before"] as const;
  const points = [{ label: "Oct 1", values: [5, 4] }, { label: "Oct 2", values: [8, null] }];
  const lines = await htmlOf(<LineChart {...CHART} series={series} points={points} />);

  assert.equal([...bars.matchAll(/<input|tabindex="0"/g)].length, 2); // and the table, once it is open
  assert.match(bars, /<input type="range" min="0" max="1" value="1"[^>]* aria-valuetext="Oct 2: 12,400"/);
  assert.match(lines, /aria-valuetext="Oct 2: This period 8, Period before Not measured"/);
});

Deno.test("the arrow keys go to the middles of bars, and to the points of lines", () => {
  const points = pointsOf(1, 2, 3);
  const bars = barsOf(points, valueScale(points)).map(([bar]) => bar!.x + bar!.width / 2);
  const { first, step } = barSteps(points.length);

  assert.ok(bars.every((middle, index) => Math.abs(middle - first - step * index) < 0.1));
  assert.deepEqual([lineSteps(3), lineSteps(1)], [{ first: 0, step: 50 }, { first: 0, step: 0 }]);
});

Deno.test("a limit far above the bars is named instead of drawn", async () => {
  const limit = { label: "Daily share of your plan: 16,667", value: 16_667 };

  const chart = await htmlOf(<BarChart {...CHART} points={pointsOf(30, 20)} limit={limit} />);

  assert.match(chart, /Daily share of your plan: 16,667 \(above this chart\)/);
  assert.doesNotMatch(chart, /stroke-dasharray/);
});

Deno.test("a line chart names its two series and says in the table what wasn't measured", async () => {
  const points = [{ label: "Oct 1", values: [1_500_000, null] }, {
    label: "Oct 2",
    values: [2_500_000, 900_000],
  }];

  const chart = await htmlOf(
    <LineChart {...CHART} series={["Files", "Indexes"]} points={points} unit="bytes" />,
  );

  assert.match(chart, /<\/svg>Files<\/span>.*<\/svg>Indexes<\/span>/);
  assert.deepEqual(rowsIn(chart), [["Oct 1", "1.5 MB", "Not measured"], ["Oct 2", "2.5 MB", "900 kB"]]);
  assert.doesNotMatch(chart, /\sstyle=/);
});

Deno.test("three lines differ in more than their color, in the chart and beside their names", async () => {
  const points = [{ label: "Oct 1", values: [8, 31, 74] }, { label: "Oct 2", values: [9, 33, 83] }];

  const chart = await htmlOf(
    <LineChart {...CHART} series={["p50", "p95", "p99"]} points={points} unit="milliseconds" />,
  );

  const looks = [...chart.matchAll(/<path d="[^"]*"[^>]*class="stroke-[^>]*>/g)].map(([line]) => [
    /class="([^"]*)"/.exec(line)![1],
    /stroke-dasharray="([^"]*)"/.exec(line)?.[1],
  ]);
  const three = [["stroke-accent", undefined], ["stroke-faint", undefined], ["stroke-muted", "1 5"]];
  assert.deepEqual(looks, [...three, ...three]);
  assert.deepEqual(rowsIn(chart), [["Oct 1", "8 ms", "31 ms", "74 ms"], ["Oct 2", "9 ms", "33 ms", "83 ms"]]);
});

Deno.test("a sparkline says how the figure changed, and is absent for a single value", async () => {
  const line = await htmlOf(<Sparkline values={[21, null, 24]} />);
  const nothing = await htmlOf(<Sparkline values={[24]} />);

  assert.match(line, /role="img" aria-label="From 21 to 24 in 30 days"/);
  assert.equal(nothing, "");
});

Deno.test("sizes and differences are short and signed", () => {
  assert.deepEqual([12, 48_213_004, 3_200_000_000, 0].map((size) => formatBytes(size)), [
    "0.012 kB",
    "48.2 MB",
    "3.2 GB",
    "0 kB",
  ]);
  assert.deepEqual([3, 0, -1_200].map((change) => formatChange(change, formatCount)), ["+3", "0", "−1,200"]);
});

function pointsOf(...values: (number | null)[]) {
  return values.map((value, index) => ({ label: `Oct ${index + 1}`, values: [value] }));
}

/** The cells of each row of the table's body. */
function rowsIn(html: string): string[][] {
  const body = /<tbody>(.*)<\/tbody>/s.exec(html)![1]!;
  return body.split("</tr>").slice(0, -1).map((row) =>
    [...row.matchAll(/<t[hd][^>]*>([^<]*)</g)].map(([, cell]) => cell!)
  );
}
