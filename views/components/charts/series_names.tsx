import { SERIES } from "./series.ts";

/** The names of a chart's series with their colors. The table has them for screen readers. */
export function SeriesNames({ names }: { names: readonly string[] }) {
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
