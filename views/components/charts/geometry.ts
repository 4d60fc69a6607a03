import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { type ChartPoint, PLOT } from "./chart.ts";

/** From a value to its distance from the top, in pixels. `ticks` are the round values that get a line. */
export type ValueScale = {
  y(value: number): number;
  ticks: { value: number; y: number }[];
  /** Null if the limit is too far above the values to be on the chart. */
  limitY: number | null;
};

/** `x` and `width` are percentages of the chart's width, `y` and `height` pixels. */
export type Bar = { x: number; width: number; y: number; height: number; value: number };

type Value = number | null;

const MAX_TICKS = 2;
/** A limit above this many times the highest value would flatten the bars. */
const LIMIT_IN_VIEW = 4;
/** Pixels, so that a small value is visible beside a large one. */
const SMALLEST_BAR = 2;
/** The space between bars, and between the bars of one step, as parts of a step. */
const GAP = 0.18;
const INNER_GAP = 0.06;

/** A scale from zero to a round number above all values. */
export function valueScale(points: readonly ChartPoint[], limit?: number): ValueScale {
  const highest = Math.max(0, ...points.flatMap(({ values }) => values.filter(isMeasured)));
  const isInView = limit !== undefined && limit <= highest * LIMIT_IN_VIEW;
  const top = Math.max(highest, isInView ? limit : 0) || 1;
  const scale = scaleLinear([0, top], [PLOT.bottom, PLOT.top]).nice(MAX_TICKS);
  const y = (value: number) => rounded(scale(value));
  const ticks = scale.ticks(MAX_TICKS).filter((value) => value > 0 && Number.isInteger(value));
  return { y, ticks: ticks.map((value) => ({ value, y: y(value) })), limitY: isInView ? y(limit) : null };
}

/** The bars of each point, one for each series. A value that wasn't measured has none, and zero has no height. */
export function barsOf(points: readonly ChartPoint[], scale: ValueScale): (Bar | null)[][] {
  const steps = bands(points.length, 100, GAP);
  const inStep = bands(points[0]?.values.length ?? 1, steps.width, INNER_GAP);
  const width = rounded(inStep.width);
  return points.map(({ values }, index) =>
    values.map((value, series) => {
      if (value === null) return null;
      const height = value > 0 ? Math.max(SMALLEST_BAR, PLOT.bottom - scale.y(value)) : 0;
      return {
        x: rounded(steps.start(index) + inStep.start(series)),
        width,
        y: rounded(PLOT.bottom - height),
        height: rounded(height),
        value,
      };
    })
  );
}

/** The path of a line through the measured values, in a box that is 100 wide. A value that wasn't measured leaves a gap. */
export function linePath(values: readonly Value[], y: (value: number) => number): string {
  const path = line<Value>()
    .defined(isMeasured)
    .x((_, index) => xOf(index, values.length))
    .y((value) => y(value ?? 0))
    .digits(2);
  return path(values) ?? "";
}

/** The path of the area between two lines, in a box that is 100 wide. */
export function areaPath(
  edges: readonly (readonly [from: number, to: number])[],
  y: (value: number) => number,
) {
  const path = area<readonly [number, number]>()
    .x((_, index) => xOf(index, edges.length))
    .y0(([from]) => y(from))
    .y1(([, to]) => y(to))
    .digits(2);
  return path(edges) ?? "";
}

/** The path of a small line between its lowest and highest value. A line without changes is in the middle. */
export function sparklinePath(values: readonly Value[], { width, height }: Size): string {
  const measured = values.filter(isMeasured);
  if (measured.length < 2) return "";
  const [low, high] = [Math.min(...measured), Math.max(...measured)];
  const y = low === high ? () => height / 2 : scaleLinear([low, high], [height - 1, 1]);
  const path = line<Value>()
    .defined(isMeasured)
    .x((_, index) => xOf(index, values.length) / 100 * width)
    .y((value) => y(value ?? 0))
    .digits(1);
  return path(values) ?? "";
}

type Size = { width: number; height: number };

/** Where the first point of a chart is, and how far apart the points are, as percentages of the chart's width. */
export type Steps = { first: number; step: number };

/** The middles of the bars. */
export function barSteps(count: number): Steps {
  const { width, start } = bands(count, 100, GAP);
  return { first: rounded(width / 2), step: rounded(start(1)) };
}

/** The points of a line. */
export function lineSteps(count: number): Steps {
  return { first: 0, step: xOf(1, count) };
}

/** Equal bands side by side, with gaps between them. d3's scaleBand takes most of the chart's time. */
function bands(count: number, total: number, gap: number) {
  const step = total / (count - gap);
  return { width: step * (1 - gap), start: (index: number) => step * index };
}

/** The place of a step, as a percentage of the chart's width. */
export function xOf(index: number, count: number): number {
  return count > 1 ? rounded(index / (count - 1) * 100) : 0;
}

export function isMeasured(value: Value): value is number {
  return value !== null;
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}
