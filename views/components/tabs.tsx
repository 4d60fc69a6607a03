import { classes } from "./classes.ts";

export type Tab = { label: string; href: string; current: boolean; attributes?: Record<string, string> };

/** Links that switch between views of the same list. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav aria-label={label} class="flex gap-1 overflow-x-auto border-b border-line px-3">
      {tabs.map((tab) => (
        <a
          href={tab.href}
          aria-current={tab.current ? "page" : undefined}
          class={classes(
            "-mb-px rounded-t-md border-b-2 px-2 py-3 text-base font-medium -outline-offset-2",
            tab.current ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink",
          )}
          {...(tab.attributes ?? {})}
        >
          {tab.label}
        </a>
      ))}
    </nav>
  );
}
