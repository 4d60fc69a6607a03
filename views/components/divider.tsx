import type { Child } from "hono/jsx";

/** A line with a word in its middle, between two ways to do the same. */
export function Divider({ children }: { children: Child }) {
  return (
    <div class="flex items-center gap-3 text-sm text-muted">
      <span class="h-px grow bg-line" aria-hidden="true" />
      {children}
      <span class="h-px grow bg-line" aria-hidden="true" />
    </div>
  );
}
