import { usePage } from "../page.tsx";
import { classes } from "./classes.ts";
import { formatCount } from "./count.ts";

export type Tab = {
  label: string;
  /** The number of items behind the tab. Hidden on a phone. */
  count?: number;
  href: string;
  current: boolean;
  attributes?: Record<string, string>;
};

/** Links that switch between views of the same list. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav aria-label={label} class="flex gap-5 overflow-x-auto border-b border-line px-4">
      {tabs.map((tab) => (
        <a
          href={tab.href}
          aria-current={tab.current ? "page" : undefined}
          class={classes(
            "-mb-px flex h-11 items-center gap-1.5 border-b-2 font-medium whitespace-nowrap -outline-offset-2",
            tab.current ? "border-ink text-ink" : "border-transparent text-muted hover:text-ink",
          )}
          {...(tab.attributes ?? {})}
        >
          {tab.label}
          {tab.count === undefined ? null : <TabCount count={tab.count} />}
        </a>
      ))}
    </nav>
  );
}

function TabCount({ count }: { count: number }) {
  return (
    <span class="text-xs text-faint tabular-nums max-sm:hidden">
      {formatCount(count, usePage().locale)}
    </span>
  );
}
