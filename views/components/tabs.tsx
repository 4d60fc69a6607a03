import type { Child } from "hono/jsx";
import { usePage } from "../page.tsx";
import { classes } from "./classes.ts";
import { formatCount } from "./count.ts";

export type Tab = {
  label: string;
  /** The number of items behind the tab. */
  count?: number;
  href: string;
  current: boolean;
  attributes?: Record<string, string>;
};

/** Links that switch between views of the same list. `end` stands at the other end of their bar. */
export function Tabs({ label, tabs, end }: { label: string; tabs: Tab[]; end?: Child }) {
  if (tabs.length === 0 && !end) return null;
  return (
    <div class="flex items-center gap-x-4 border-b border-line px-4 max-md:flex-wrap">
      {tabs.length > 0
        ? (
          <nav
            aria-label={label}
            class="-mb-px flex min-w-0 gap-5 self-stretch overflow-x-auto max-md:-mx-4 max-md:w-[calc(100%+2rem)] max-md:px-4"
          >
            {tabs.map((tab) => <TabLink key={tab.href} {...tab} />)}
          </nav>
        )
        : null}
      {end}
    </div>
  );
}

function TabLink({ label, count, href, current, attributes }: Tab) {
  return (
    <a
      href={href}
      aria-current={current ? "page" : undefined}
      class={classes(
        "flex min-h-11 items-center gap-1.5 border-b-2 font-medium whitespace-nowrap -outline-offset-2",
        current ? "border-ink text-ink" : "border-transparent text-muted hover:text-ink",
      )}
      {...(attributes ?? {})}
    >
      {label}
      {count === undefined
        ? null
        : <span class="text-xs text-faint tabular-nums">{formatCount(count, usePage().locale)}</span>}
    </a>
  );
}
