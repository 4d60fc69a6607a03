/** A step of a chart, such as a day, with one value for each series. Null means that nothing was measured. */
export type ChartPoint = {
  label: string;
  values: readonly (number | null)[];
  /** Whether the axis shows the label. */
  hasTick?: boolean;
};

export type ChartUnit = "count" | "bytes" | "milliseconds";

export type ChartProps = {
  /** What the chart shows, in a sentence. It is the accessible name of the picture. */
  label: string;
  /** The names of one or two series. */
  series: readonly [string] | readonly [string, string];
  points: readonly ChartPoint[];
  /** What the points are, as the table's first column: "Day". */
  pointName: string;
  unit?: ChartUnit;
  /** A line across the chart. A limit far above all values is only named, so that the values stay visible. */
  limit?: { label: string; value: number };
};

/** The space of the values, in pixels from the top. Labels of the axis stand below. */
export const PLOT = { top: 16, bottom: 156, height: 178 } as const;
