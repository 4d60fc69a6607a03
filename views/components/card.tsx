import type { Child } from "hono/jsx";
import { classes } from "./classes.ts";

/** A panel. With `title`, it is a section with a heading and an optional link or button at its end. */
export function Card(
  { title, note, action, tone = "plain", flush = false, id, class: extra, children }: {
    title?: string;
    /** Short text beside the title. */
    note?: string;
    action?: Child;
    tone?: "plain" | "danger";
    /** Removes the padding, for tables and lists. */
    flush?: boolean;
    id?: string;
    class?: string;
    children?: Child;
  },
) {
  const look = classes(
    "min-w-0 rounded-lg border bg-surface shadow-card",
    tone === "danger" ? "border-danger/50" : "border-line",
    extra,
  );
  const body = <div class={flush ? "" : "p-4"}>{children}</div>;
  if (!title) return <div id={id} class={look}>{body}</div>;
  return (
    <section id={id} class={look} aria-label={title}>
      <header class="flex min-h-11 items-center justify-between gap-4 border-b border-line px-4 py-1.5">
        <h2 class="text-base font-semibold">
          {title}
          {note ? <span class="ms-2.5 text-sm font-normal text-muted">{note}</span> : null}
        </h2>
        {action}
      </header>
      {body}
    </section>
  );
}
