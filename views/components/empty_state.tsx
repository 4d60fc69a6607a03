import type { Child } from "hono/jsx";
import { Icon, type IconName } from "./icon.tsx";

/** Replaces an empty list with the benefit and a way to start. */
export function EmptyState(
  { icon, title, text, children }: { icon: IconName; title: string; text: string; children?: Child },
) {
  return (
    <div class="grid justify-items-center gap-1 px-6 py-14 text-center">
      <span class="mb-3 grid size-11 place-items-center rounded-lg border border-line bg-canvas text-muted">
        <Icon name={icon} class="size-5" />
      </span>
      <p class="text-md font-semibold text-balance">{title}</p>
      <p class="max-w-sm text-balance text-muted">{text}</p>
      {children ? <div class="mt-5 flex flex-wrap justify-center gap-2">{children}</div> : null}
    </div>
  );
}
