import { classes } from "../../components/classes.ts";
import { formatCount } from "../../components/count.ts";
import type { Cents } from "../../../src/billing/money.ts";
import { usePage } from "../../page.tsx";
import type { FormatAmount } from "./money.ts";
import { billingPageText } from "./text.ts";

/**
 * How much is used of what the plan includes. `included` is null for any number. `overagePrice` is what each further unit costs, and
 * null if there are none.
 */
export type UsageRow = {
  key: string;
  label: string;
  used: number;
  included: number | null;
  overagePrice: Cents | null;
};

/** A bar for each thing that the plan limits. */
export function UsageBars({ rows, format }: { rows: UsageRow[]; format: FormatAmount }) {
  return (
    <ul class="grid gap-4">
      {rows.map((row) => <UsageBar key={row.key} row={row} format={format} />)}
    </ul>
  );
}

function UsageBar({ row, format }: { row: UsageRow; format: FormatAmount }) {
  const { label, used, included, overagePrice } = row;
  const text = billingPageText.use();
  const { locale } = usePage();
  const name = capitalized(label);
  const count = (value: number) => formatCount(value, locale);
  const share = included === null ? 0 : included === 0 ? 1 : used / included;
  const isRefused = share > 1 && overagePrice === null;
  return (
    <li class="grid gap-1.5">
      <p class="flex items-baseline justify-between gap-4">
        <span>{name}</span>
        <span class="text-sm text-muted tabular-nums">
          {included === null ? text.unlimited(count(used)) : text.ofLimit(count(used), count(included))}
        </span>
      </p>
      {included === null ? null : (
        <progress
          value={Math.min(used, included)}
          max={Math.max(included, 1)}
          aria-label={name}
          class={classes("progress-bar", isRefused ? "usage-over" : share >= 0.8 && "usage-near")}
        />
      )}
      {isRefused ? <p class="text-sm text-danger">{text.over}</p> : null}
      {share > 1 && overagePrice !== null
        ? (
          <p class="text-sm text-muted">
            {text.overIncluded(count(used - included!))}
            {overagePrice > 0
              ? text.overCharged(format(overagePrice), format((used - included!) * overagePrice))
              : null}
          </p>
        )
        : null}
    </li>
  );
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
