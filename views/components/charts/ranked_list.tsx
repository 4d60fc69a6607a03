import type { Child } from "hono/jsx";

/** `share` is the length of the line's bar, from 0 to 1. `detail` stands beside the value. */
export type RankedLine = { key: string; label: Child; value: string; detail?: string; share: number };

/** A list with a bar for each line: the most frequent events, or the steps of a funnel. */
export function RankedList({ label, lines }: { label: string; lines: readonly RankedLine[] }) {
  return (
    <ol aria-label={label} class="grid grid-cols-1 gap-3">
      {lines.map(({ key, label, value, detail, share }) => (
        <li key={key}>
          <p class="flex items-baseline justify-between gap-4">
            <span class="min-w-0 wrap-anywhere" dir="auto">{label}</span>
            <span class="shrink-0 tabular-nums">
              <span class="font-medium">{value}</span>
              {detail ? <span class="ms-2 text-sm text-muted">{detail}</span> : null}
            </span>
          </p>
          <svg width="100%" height="6" class="mt-1 block" aria-hidden="true">
            <rect width="100%" height="6" rx="3" class="fill-sunken" />
            <rect width={`${Math.round(share * 1_000) / 10}%`} height="6" rx="3" class="fill-accent" />
          </svg>
        </li>
      ))}
    </ol>
  );
}
