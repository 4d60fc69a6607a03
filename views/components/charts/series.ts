/** How the first and the second series look. */
export const SERIES = [
  { fill: "fill-accent", stroke: "stroke-accent", text: "text-accent-ink", label: "fill-accent-ink" },
  { fill: "fill-faint", stroke: "stroke-faint", text: "text-muted", label: "fill-muted" },
] as const;
