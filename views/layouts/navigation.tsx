import { classes } from "../components/classes.ts";
import { Icon, type IconName } from "../components/icon.tsx";

/** The sections of a part of the product, in their order, and which of them the page belongs to. */
export type Navigation = {
  sections: readonly { key: string; label: string; href: string; icon: IconName }[];
  active?: string;
};

const FOLD = { "x-data": "menu", "x-on:click.outside": "close", "x-on:keydown.escape": "close" };

/** The sections of the product, down the side of a wide window. */
export function SideNavigation({ sections, active }: Navigation) {
  return (
    <nav
      aria-label="Main"
      class="sticky top-14 h-[calc(100dvh-3.5rem)] overflow-y-auto border-r border-line p-3 max-md:hidden"
    >
      <SectionLinks sections={sections} active={active} />
    </nav>
  );
}

/** The same sections on a phone, folded behind one button. */
export function PhoneNavigation({ sections, active }: Navigation) {
  return (
    <details class="group md:hidden" {...FOLD}>
      <summary class="grid size-10 place-items-center rounded-md hover:bg-sunken" aria-label="Menu">
        <Icon name="menu" class="size-5 group-open:hidden" />
        <Icon name="x" class="hidden size-5 group-open:block" />
      </summary>
      <nav
        aria-label="Main"
        class="absolute inset-x-0 top-14 animate-rise border-b border-line bg-surface p-3 shadow-pop"
      >
        <SectionLinks sections={sections} active={active} />
      </nav>
    </details>
  );
}

function SectionLinks({ sections, active }: Navigation) {
  return (
    <ul class="grid gap-0.5">
      {sections.map(({ key, label, href, icon }) => (
        <li>
          <a
            href={href}
            aria-current={key === active ? "page" : undefined}
            class={classes(
              "flex h-9 items-center gap-2.5 rounded-md px-3 font-medium transition-colors max-md:h-11",
              key === active ? "bg-accent-soft text-accent-ink" : "text-muted hover:bg-sunken hover:text-ink",
            )}
          >
            <Icon name={icon} />
            {label}
          </a>
        </li>
      ))}
    </ul>
  );
}
