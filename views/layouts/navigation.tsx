import { classes } from "../components/classes.ts";
import { Icon, type IconName } from "../components/icon.tsx";
import { usePage } from "../page.tsx";

/** A section of the product. It contains all pages below its path. */
export type NavigationLink = { label: string; href: string; icon: IconName };

type Navigation = { links: readonly NavigationLink[] };

const FOLD = { "x-data": "menu", "x-on:click.outside": "close", "x-on:keydown.escape": "close" };

/** The product's sections in the sidebar of a wide window. */
export function SideNavigation({ links }: Navigation) {
  return (
    <nav
      aria-label="Main"
      class="sticky top-14 h-[calc(100dvh-3.5rem)] overflow-y-auto border-r border-line p-3 max-md:hidden"
    >
      <Links links={links} />
    </nav>
  );
}

/** The same sections on a phone, behind a menu button. */
export function PhoneNavigation({ links }: Navigation) {
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
        <Links links={links} />
      </nav>
    </details>
  );
}

function Links({ links }: Navigation) {
  const { path } = usePage();
  return (
    <ul class="grid gap-0.5">
      {links.map((link) => (
        <li>
          <SectionLink {...link} isCurrent={`${path}/`.startsWith(`${link.href}/`)} />
        </li>
      ))}
    </ul>
  );
}

function SectionLink({ label, href, icon, isCurrent }: NavigationLink & { isCurrent: boolean }) {
  return (
    <a
      href={href}
      aria-current={isCurrent ? "page" : undefined}
      class={classes(
        "flex h-9 items-center gap-2.5 rounded-md px-3 font-medium transition-colors max-md:h-11",
        isCurrent ? "bg-accent-soft text-accent-ink" : "text-muted hover:bg-sunken hover:text-ink",
      )}
    >
      <Icon name={icon} />
      {label}
    </a>
  );
}
