/** How up to three series look. The third line is dotted, because two grays look alike. */
export const SERIES = [
  { fill: "fill-accent", stroke: "stroke-accent", dashes: undefined, text: "text-accent-ink" },
  { fill: "fill-faint", stroke: "stroke-faint", dashes: undefined, text: "text-muted" },
  { fill: "fill-chart-quiet", stroke: "stroke-muted", dashes: "1 5", text: "text-muted" },
] as const;
