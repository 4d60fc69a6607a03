import { classes } from "../classes.ts";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";

/** From 0 to 100 % in five steps. Text stays readable on each, light and dark. */
const LEVELS = ["bg-accent/10", "bg-accent/20", "bg-accent/30", "bg-accent/45", "bg-accent/60"] as const;

/** One line: its name, a figure beside it, and a share from 0 to 1 for each column. Null leaves the cell empty. */
export type HeatLine = { label: string; detail: string; shares: readonly (number | null)[] };

/** Shares as a table whose cells are darker the higher the share is. It scrolls sideways where it doesn't fit. */
export function HeatMap({ label, head, detail, columns, lines }: {
  /** What the table shows, in a sentence. */
  label: string;
  /** What the lines are: "Week". */
  head: string;
  /** What the figure beside the name is: "Workspaces". */
  detail: string;
  columns: readonly string[];
  lines: readonly HeatLine[];
}) {
  const { percent } = formatsOf(usePage().locale);
  const cell = "h-8 px-2 text-end whitespace-nowrap";
  return (
    <section tabindex={0} aria-label={label} class="overflow-x-auto">
      <table class="w-full border-separate border-spacing-0.5 text-sm tabular-nums">
        <caption class="sr-only">{label}</caption>
        <thead class="text-muted">
          <tr>
            <th scope="col" class="px-2 text-start font-medium">{head}</th>
            <th scope="col" class={`${cell} font-medium`}>{detail}</th>
            {columns.map((column) => <th key={column} scope="col" class={`${cell} font-medium`}>{column}
            </th>)}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ label, detail, shares }) => (
            <tr key={label}>
              <th scope="row" class="px-2 text-start font-normal whitespace-nowrap">{label}</th>
              <td class={`${cell} text-muted`}>{detail}</td>
              {shares.map((share, column) => (
                <td
                  key={columns[column]}
                  class={classes(cell, "rounded-sm", share !== null && levelOf(share))}
                >
                  {share === null ? null : percent.format(share)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function levelOf(share: number): string | false {
  return share > 0 && LEVELS[Math.min(Math.ceil(share * LEVELS.length), LEVELS.length) - 1]!;
}
