import type { Child } from "hono/jsx";
import { classes } from "../components/classes.ts";
import { Icon, type IconName } from "../components/icon.tsx";
import { usePage } from "../page.tsx";
import { layoutText } from "./text.ts";

/**
 * Where a link stands: in the sidebar at the top (`main`) or below its heading (`developers`), or beside the pages of the
 * workspace's settings or of the person's account.
 */
export type NavigationGroup = "main" | "developers" | "settings" | "account";

/**
 * A section of the product. It contains all pages below its path that no other link names more precisely, and those below the paths
 * in `also`.
 */
export type NavigationLink = {
  label: string;
  href: string;
  also?: readonly string[];
  icon?: IconName;
  group: NavigationGroup;
};

type Links = { links: readonly NavigationLink[] };

/** The sections in the sidebar. `heading` stands above them, and `marks` at the end of links, by their addresses. */
export function SidebarLinks(
  { links, heading, marks = {} }: Links & { heading?: string; marks?: Record<string, Child> },
) {
  if (links.length === 0) return null;
  const current = useCurrentLink(links);
  return (
    <div>
      {heading ? <h2 class="mt-4 mb-1 px-2 text-xs font-medium text-faint">{heading}</h2> : null}
      <ul class="grid gap-0.5">
        {links.map((link) => (
          <li>
            <SidebarLink link={link} isCurrent={link === current} mark={marks[link.href]} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** One link of the sidebar. */
export function SidebarLink({ link: { label, href, icon }, isCurrent, mark }: SidebarLinkProps) {
  return (
    <a
      href={href}
      aria-current={isCurrent ? "page" : undefined}
      class={classes(
        "flex min-h-8 items-center gap-2.5 rounded-sm px-2 font-medium transition-colors max-md:min-h-11",
        isCurrent ? "bg-sunken text-ink" : "text-muted hover:bg-sunken hover:text-ink",
      )}
    >
      {icon ? <Icon name={icon} class={isCurrent ? "text-accent" : ""} /> : null}
      {label}
      {mark}
    </a>
  );
}

/** Opens the search: as a dialog, or without JavaScript as a page. */
export function SearchLink() {
  return (
    <a
      href="/search"
      aria-keyshortcuts="Meta+K Control+K"
      class="mt-3 flex h-8 items-center gap-2.5 rounded-sm border border-line bg-surface px-2 text-sm text-muted transition-colors hover:border-line-strong hover:text-ink max-md:h-11"
    >
      <Icon name="search" />
      <span class="flex-1">{layoutText.use().search}</span>
      <kbd
        data-shortcut
        aria-hidden="true"
        class="min-w-10 rounded-sm border border-line px-1 text-center font-sans text-xs max-md:hidden"
      >
        ⌘K
      </kbd>
    </a>
  );
}

type SidebarLinkProps = { link: Omit<NavigationLink, "group">; isCurrent: boolean; mark?: Child };

/** The pages of the settings or of the account: beside the content, and on a phone above it. */
export function SubNavigation({ links, label }: Links & { label: string }) {
  const current = useCurrentLink(links);
  return (
    <nav
      aria-label={label}
      class="max-lg:-mx-4 max-lg:overflow-x-auto max-lg:border-b max-lg:border-line max-lg:px-4 sm:max-lg:-mx-8 sm:max-lg:px-8"
    >
      <ul class="flex gap-1 lg:sticky lg:top-20 lg:grid lg:gap-0.5">
        {links.map((link) => (
          <li>
            <a
              href={link.href}
              aria-current={link === current ? "page" : undefined}
              class={classes(
                "block rounded-sm px-2 py-1.5 font-medium whitespace-nowrap transition-colors max-lg:rounded-none max-lg:border-b-2 max-lg:py-3",
                link === current
                  ? "text-ink max-lg:border-ink lg:bg-sunken"
                  : "border-transparent text-muted hover:text-ink",
              )}
            >
              {link.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The grid of a sub-navigation and the content beside it. On a phone, the links are tabs below the page's bar. */
export const BESIDE_SUB_NAVIGATION =
  "grid grid-cols-1 gap-6 max-lg:first:-mt-6 lg:grid-cols-[11rem_minmax(0,40rem)] lg:gap-12";

/** The link with the longest path that contains the page. */
export function useCurrentLink(links: readonly NavigationLink[]): NavigationLink | undefined {
  const { path } = usePage();
  return links.flatMap((link) => [link.href, ...link.also ?? []].map((href) => ({ link, href })))
    .filter(({ href }) => `${path}/`.startsWith(`${href}/`))
    .sort((one, other) => other.href.length - one.href.length)[0]?.link;
}
