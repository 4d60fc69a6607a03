import type { Child } from "hono/jsx";

/** Code under a bar. Always dark, like a terminal. */
export function CodePanel(
  { title, end, label, code }: { title: Child; end?: Child; label: string; code: string },
) {
  return (
    <div class="min-w-0 overflow-hidden rounded-lg border border-line bg-sunken text-ink scheme-dark">
      <div class="flex min-h-10 flex-wrap items-center justify-between gap-x-4 border-b border-line px-4 py-1.5 text-sm text-muted">
        <span class="min-w-0 font-mono text-xs wrap-anywhere">{title}</span>
        {end}
      </div>
      <pre
        class="max-h-[32rem] overflow-auto p-4 font-mono text-xs leading-5"
        tabindex={0}
        role="group"
        aria-label={label}
      ><code>{code}</code></pre>
    </div>
  );
}
