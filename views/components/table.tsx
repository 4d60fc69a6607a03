import type { Child, JSX } from "hono/jsx";
import { classes } from "./classes.ts";

export type Column = { label: string; hiddenLabel?: boolean; class?: string };

/** A table. On a phone, its head is hidden, and the first cell also shows the rest. `children` are the rows. */
export function Table(
  { label, columns, children }: { label: string; columns: Column[]; children?: Child },
) {
  return (
    <table class="w-full text-start tabular-nums">
      <caption class="sr-only">{label}</caption>
      <thead class="max-md:hidden">
        <tr class="border-b border-line text-sm text-muted">
          {columns.map((column) => (
            <th
              scope="col"
              class={classes("h-10 px-3 font-medium first:ps-4 last:pe-4", column.class)}
            >
              {column.hiddenLabel ? <span class="sr-only">{column.label}</span> : column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody class="divide-y divide-line">{children}</tbody>
    </table>
  );
}

/** A cell that can be hidden on a phone. */
export function Cell(
  { wideOnly = false, class: extra, children, ...attributes }:
    & { wideOnly?: boolean; class?: string; children?: Child }
    & JSX.IntrinsicElements["td"],
) {
  return (
    <td
      class={classes("h-11 px-3 py-2 first:ps-4 last:pe-4", wideOnly && "max-md:hidden", extra)}
      {...attributes}
    >
      {children}
    </td>
  );
}
