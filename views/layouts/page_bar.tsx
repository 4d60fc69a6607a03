import type { Crumb, LayoutProps } from "./layout.ts";
import { layoutText } from "./text.ts";

export const PAGE_BAR =
  "flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-canvas px-4 py-2 sm:px-8";

/** What a page's bar shows: the trail and the title, and the page's actions. On a phone, the trail stands above the title. */
export function PageTitle(
  { title, trail = [], actions, heading: Heading = "h1", trailLabel }:
    & Pick<LayoutProps, "title" | "trail" | "actions">
    & { heading?: "h1" | "h3"; trailLabel?: string },
) {
  return (
    <>
      <div class="flex min-w-0 flex-1 items-center gap-2 max-sm:grid max-sm:max-w-[calc(100%-3rem)] max-sm:basis-auto max-sm:gap-0">
        {trail.length > 0 ? <Trail crumbs={trail} label={trailLabel} /> : null}
        <Heading class="max-w-full truncate justify-self-start text-md font-semibold" dir="auto">
          {title}
        </Heading>
      </div>
      {actions ? <div class="flex flex-wrap gap-2 print:hidden">{actions}</div> : null}
    </>
  );
}

function Trail({ crumbs, label }: { crumbs: Crumb[]; label?: string }) {
  return (
    <nav aria-label={label ?? layoutText.use().trail} class="min-w-0 sm:max-w-1/2 sm:shrink-0 print:hidden">
      <ol class="flex items-center gap-2">
        {crumbs.map(({ label, href }) => (
          <li class="flex min-w-0 items-center gap-2 font-medium text-muted max-sm:text-xs max-sm:last:[&>span]:hidden">
            <a href={href} class="truncate rounded-sm py-1 hover:text-ink" dir="auto">{label}</a>
            <span class="text-faint" aria-hidden="true">/</span>
          </li>
        ))}
      </ol>
    </nav>
  );
}
