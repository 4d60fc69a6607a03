import type { Child } from "hono/jsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { hx } from "../hx.ts";
import { type ListAddress, listHref, listSwap, type ListView } from "./list_address.ts";
import { listText } from "./text.ts";

/** The place of a page in its list, and the cursors of the pages beside it. */
export type ListPages = {
  place: { first: number; last: number; total: number } | null;
  previousCursor: string | null;
  nextCursor: string | null;
};

/** Where the page is in the list, and links to the pages beside it. */
export function ListFooter<View extends ListView>(
  { id, address, view, pages: { place, previousCursor, nextCursor }, children }: {
    id: string;
    address: ListAddress<View>;
    view: View;
    pages: ListPages;
    children?: Child;
  },
) {
  const text = listText.use();
  const hrefOf = (cursor: string | null) => cursor && listHref(address, view, { cursor });
  return (
    <div class="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-px text-sm text-muted">
      <div class="flex flex-wrap gap-x-6">
        {place ? <PlaceText {...place} /> : null}
        {children}
      </div>
      {previousCursor || nextCursor
        ? (
          <nav aria-label={text.pages} class="flex gap-1">
            <PageLink id={`${id}-previous`} list={id} href={hrefOf(previousCursor)} rel="prev">
              {text.previous}
            </PageLink>
            <PageLink id={`${id}-next`} list={id} href={hrefOf(nextCursor)} rel="next">{text.next}</PageLink>
          </nav>
        )
        : null}
    </div>
  );
}

function PlaceText(place: NonNullable<ListPages["place"]>) {
  const { count } = formatsOf(usePage().locale);
  const [first, last, total] = [place.first, place.last, place.total].map((number) => count.format(number));
  return (
    <p role="status" class="tabular-nums">
      {listText.use().place({ first: first!, last: last!, total: total! })}
    </p>
  );
}

/** A link that keeps the focus when it leads nowhere any longer. */
function PageLink(
  { id, list, href, rel, children }: {
    id: string;
    list: string;
    href: string | null;
    rel: "prev" | "next";
    children?: Child;
  },
) {
  const look = "rounded-sm px-1.5 py-1 font-medium pointer-coarse:px-3 pointer-coarse:py-3";
  if (!href) {
    return (
      <a id={id} role="link" aria-disabled="true" tabindex={-1} class={`${look} text-faint`}>{children}</a>
    );
  }
  return (
    <a
      id={id}
      href={href}
      rel={rel}
      class={`${look} text-ink hover:bg-sunken`}
      {...hx({ get: href, ...listSwap(list, { toTop: true }) })}
    >
      {children}
    </a>
  );
}
