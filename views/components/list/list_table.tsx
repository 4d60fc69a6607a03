import type { Child, JSX } from "hono/jsx";
import { classes } from "../classes.ts";
import { hx } from "../hx.ts";
import { Icon } from "../icon.tsx";
import { type ListAddress, listHref, listSwap, type ListView } from "./list_address.ts";

/** `sort` is a sort key, with a minus sign if the first click sorts in descending order. */
export type Column = { label: string; hiddenLabel?: boolean; sort?: string; atEnd?: boolean; class?: string };

const HEAD = "h-10 px-2 font-medium first:ps-4 last:pe-4";

/** A list's rows below heads that sort them. On a phone, the first cell of a row also shows what the others say. */
export function ListTable<View extends ListView>(
  { id, label, address, view, columns, children }: {
    id: string;
    label: string;
    address: ListAddress<View>;
    view: View;
    columns: Column[];
    children?: Child;
  },
) {
  return (
    <table class="w-full text-start tabular-nums md:table-fixed">
      <caption class="sr-only">{label}</caption>
      <thead class={columns.some(({ sort }) => sort) ? "" : "max-md:hidden"}>
        <tr class="border-b border-line text-sm text-muted">
          {columns.map((column) => <Head key={column.label} list={{ id, address, view }} column={column} />)}
        </tr>
      </thead>
      <tbody id={`${id}-rows`} data-view={listHref(address, view)} class="divide-y divide-line">
        {children}
      </tbody>
    </table>
  );
}

type HeadProps<View extends ListView> = {
  list: { id: string; address: ListAddress<View>; view: View };
  column: Column;
};

function Head<View extends ListView>({ list, column }: HeadProps<View>) {
  const { label, hiddenLabel, sort, atEnd, class: extra } = column;
  const look = classes(HEAD, atEnd ? "text-end" : "text-start", !sort && "max-md:hidden", extra);
  const order = sort ? orderBy(sort, list.view.sort) : undefined;
  return (
    <th scope="col" aria-sort={order} class={look}>
      {sort
        ? <SortLink list={list} column={column} />
        : hiddenLabel
        ? <span class="sr-only">{label}</span>
        : label}
    </th>
  );
}

function SortLink<View extends ListView>(
  { list: { id, address, view }, column: { label, sort = "", atEnd } }: HeadProps<View>,
) {
  const order = orderBy(sort, view.sort);
  const href = listHref(address, { ...view, sort: order && view.sort === sort ? reversed(sort) : sort });
  const shown = order ?? (sort.startsWith("-") ? "descending" : "ascending");
  return (
    <a
      id={`${id}-sort-${keyOf(sort)}`}
      href={href}
      class={classes(
        "group/sort -mx-1 inline-flex items-center gap-1 rounded-sm px-1 py-2 whitespace-nowrap hover:text-ink",
        atEnd && !order && "flex-row-reverse",
      )}
      {...hx({ get: href, ...listSwap(id) })}
    >
      {label}
      <Icon
        name={shown === "ascending" ? "arrow-up" : "arrow-down"}
        class={order ? "" : "opacity-0 group-hover/sort:opacity-60 group-focus-visible/sort:opacity-60"}
      />
    </a>
  );
}

/** How the list is sorted by this key, if it is. */
function orderBy(sort: string, current = ""): "ascending" | "descending" | undefined {
  if (keyOf(sort) !== keyOf(current)) return undefined;
  return current.startsWith("-") ? "descending" : "ascending";
}

function reversed(sort: string): string {
  return sort.startsWith("-") ? sort.slice(1) : `-${sort}`;
}

function keyOf(sort: string): string {
  return sort.replace(/^-/, "");
}

/** A row of a list. `RowLink` in its first cell makes the whole row a link. */
export function Row({ id, children }: { id: string; children?: Child }) {
  return (
    <tr
      id={id}
      class="group relative scroll-my-20 transition-colors hover:bg-sunken has-[:focus-visible]:bg-sunken has-[details[open]]:bg-sunken"
    >
      {children}
    </tr>
  );
}

/** The link of a row. It covers the row, below the row's actions and other links with `ABOVE_ROW_LINK`. */
export function RowLink({ href, children }: { href: string; children?: Child }) {
  return (
    <a
      href={href}
      class="font-medium text-ink outline-none after:absolute after:inset-0 after:content-[''] focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
    >
      {children}
    </a>
  );
}

export const ABOVE_ROW_LINK = "relative z-1";

/** Text that people typed, on at most two lines. */
export const TWO_LINES = "line-clamp-2 wrap-anywhere";

/** Text of at most two lines, and a badge that stays visible beside it. */
export function WithBadge({ badge, children }: { badge: Child; children?: Child }) {
  return (
    <div class="flex items-start gap-2">
      <p class={TWO_LINES}>{children}</p>
      {badge ? <span class="flex shrink-0">{badge}</span> : null}
    </div>
  );
}

/** What a row is about: the cell that stays on a phone, with `details` below it there. */
export function MainCell({ children, details }: { children?: Child; details?: Child }) {
  return (
    <td class="h-11 px-2 py-1.5 first:ps-4 last:pe-4 max-md:w-full max-md:max-w-0">
      {children}
      {details
        ? (
          <div class="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm text-muted md:hidden">
            {details}
          </div>
        )
        : null}
    </td>
  );
}

/** Another cell of a row. A phone hides it, unless it is `always` there. */
export function RowCell(
  { atEnd = false, always = false, class: extra, children, ...attributes }:
    & { atEnd?: boolean; always?: boolean; class?: string; children?: Child }
    & JSX.IntrinsicElements["td"],
) {
  const look = classes(
    "h-11 px-2 py-1.5 text-muted first:ps-4 last:pe-4",
    atEnd && "text-end",
    !always && "max-md:hidden",
    extra,
  );
  return <td class={look} {...attributes}>{children}</td>;
}

/** The last cell of a row: a time, which the row's actions replace on hover and focus. On a phone, only the menu is there. */
export function TimeCell({ actions, menu, children }: { actions?: Child; menu?: Child; children?: Child }) {
  if (!menu) return <RowCell atEnd class="whitespace-nowrap">{children}</RowCell>;
  return (
    <RowCell atEnd always class="whitespace-nowrap">
      <span class={TIME}>{children}</span>
      <div class={ACTIONS}>
        <div class="flex items-center gap-1 max-md:hidden pointer-coarse:hidden">{actions}</div>
        {menu}
      </div>
    </RowCell>
  );
}

const TIME =
  "max-md:hidden pointer-coarse:me-10 group-hover:invisible group-has-[:focus-visible]:invisible group-has-[details[open]]:invisible pointer-coarse:visible!";

const ACTIONS =
  "z-1 flex items-center justify-end gap-1 has-[details[open]]:z-20 max-md:relative md:absolute md:inset-y-0 md:end-2 md:pointer-fine:opacity-0 md:pointer-fine:group-hover:opacity-100 md:group-has-[:focus-visible]:opacity-100 md:group-has-[details[open]]:opacity-100";

/** How an action of a row looks beside the others. */
export const ROW_ACTION = "rounded-sm px-1.5 py-1 font-medium text-muted hover:bg-line hover:text-ink";
