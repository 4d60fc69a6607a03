import { ButtonLink } from "./button.tsx";

/** Steps through a list by its cursor. `nextHref` is null on the last page. */
export function Pagination({ firstHref, nextHref }: { firstHref: string | null; nextHref: string | null }) {
  if (!firstHref && !nextHref) return null;
  return (
    <nav aria-label="Pages" class="flex items-center justify-between gap-2 border-t border-line px-4 py-2">
      <span>
        {firstHref ? <ButtonLink href={firstHref} size="small">First page</ButtonLink> : null}
      </span>
      {nextHref ? <ButtonLink href={nextHref} size="small" rel="next">Next page</ButtonLink> : null}
    </nav>
  );
}
