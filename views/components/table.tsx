import type { Child, JSX } from "hono/jsx";
import { ButtonLink } from "./button.tsx";
import { classes } from "./classes.ts";
import { hx } from "./hx.ts";

export type Column = { label: string; hiddenLabel?: boolean; class?: string };

/** A table. On a phone, its head is hidden, and the first cell also shows the rest. `children` are the rows. */
export function Table(
  { label, columns, bodyId, children }: {
    label: string;
    columns: Column[];
    bodyId?: string;
    children?: Child;
  },
) {
  return (
    <table class="w-full text-start tabular-nums [&:has([data-empty]:only-child)>thead]:hidden">
      <caption class="sr-only">{label}</caption>
      <thead class="max-md:hidden">
        <tr class="border-b border-line text-sm text-muted">
          {columns.map((column) => (
            <th
              scope="col"
              class={classes("h-10 px-3 text-start font-medium first:ps-4 last:pe-4", column.class)}
            >
              {column.hiddenLabel ? <span class="sr-only">{column.label}</span> : column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody id={bodyId} class="divide-y divide-line">{children}</tbody>
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

/** A row that shows only while its table has no other row. */
export function EmptyRow({ columns, children }: { columns: number; children?: Child }) {
  return (
    <tr data-empty class="[&:not(:only-child)]:hidden">
      <td colspan={columns}>{children}</td>
    </tr>
  );
}

/** The last row of a page of rows. It fetches the next page when it scrolls into view. */
export function MoreRow({ id, href, columns }: { id: string; href: string; columns: number }) {
  return (
    <tr id={id} {...hx({ get: href, trigger: "revealed", target: "this", swap: "outerHTML" })}>
      <td colspan={columns} class="p-3 text-center">
        <ButtonLink href={href} variant="quiet" size="small">Load more</ButtonLink>
      </td>
    </tr>
  );
}
