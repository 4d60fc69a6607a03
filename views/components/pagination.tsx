import { ButtonLink } from "./button.tsx";
import { listText } from "./list/text.ts";

/** Steps through a list by its cursors. The first page has no `previousHref`, and the last no `nextHref`. */
export function Pagination(
  { label, previousHref, nextHref }: {
    /** Names the links, if the page has several lists. */
    label?: string;
    previousHref: string | null;
    nextHref: string | null;
  },
) {
  if (!previousHref && !nextHref) return null;
  const text = listText.use();
  return (
    <nav
      aria-label={label ?? text.pages}
      class="flex items-center justify-between gap-2 border-t border-line px-4 py-2"
    >
      <span>
        {previousHref
          ? <ButtonLink href={previousHref} size="small" rel="prev">{text.previous}</ButtonLink>
          : null}
      </span>
      {nextHref ? <ButtonLink href={nextHref} size="small" rel="next">{text.next}</ButtonLink> : null}
    </nav>
  );
}
