import { SERIES } from "./series.ts";

/** The names of a chart's series with a sample of each. The table has them for screen readers. */
export function SeriesNames({ names, areLines = false }: { names: readonly string[]; areLines?: boolean }) {
  return (
    <p class="mb-2 flex flex-wrap gap-x-4 text-sm" aria-hidden="true">
      {names.map((name, series) => (
        <span class={`inline-flex items-center gap-1.5 ${SERIES[series]!.text}`}>
          {areLines ? <LineSample series={series} /> : (
            <svg width="10" height="10">
              <rect width="10" height="10" rx="2" class={SERIES[series]!.fill} />
            </svg>
          )}
          {name}
        </span>
      ))}
    </p>
  );
}

function LineSample({ series }: { series: number }) {
  const { stroke, dashes } = SERIES[series]!;
  return (
    <svg width="18" height="10">
      <path
        d="M1 5H17"
        stroke-width="1.75"
        stroke-linecap="round"
        stroke-dasharray={dashes}
        class={stroke}
      />
    </svg>
  );
}
