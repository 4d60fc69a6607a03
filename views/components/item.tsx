import type { Child } from "hono/jsx";
import { Icon, type IconName } from "./icon.tsx";

/** The list of the items in a card. */
export function Items({ label, children }: { label: string; children?: Child }) {
  return <ul class="divide-y divide-line" aria-label={label}>{children}</ul>;
}

/** One of several things in a card: an icon, a title with details below, and what stands at the end of the row. */
export function Item(
  { icon, title, details, end }: { icon: IconName; title: Child; details?: Child; end?: Child },
) {
  return (
    <li class="flex min-h-16 items-center gap-3 px-4 py-2.5">
      <Icon name={icon} class="size-5 text-faint" />
      <div class="min-w-0 flex-1">
        <p class="font-medium wrap-anywhere">{title}</p>
        <p class="flex flex-wrap gap-x-3 text-sm text-muted tabular-nums">{details}</p>
      </div>
      {end}
    </li>
  );
}

/** Text at the end of a row, such as a time. */
export function ItemEnd({ children }: { children?: Child }) {
  return <p class="text-end text-sm whitespace-nowrap text-muted">{children}</p>;
}
