/** How the first and the second series look, and the third layer of an area. */
export const SERIES = [
  { fill: "fill-accent", stroke: "stroke-accent", text: "text-accent-ink" },
  { fill: "fill-faint", stroke: "stroke-faint", text: "text-muted" },
  { fill: "fill-chart-quiet", stroke: "stroke-chart-quiet", text: "text-muted" },
] as const;
