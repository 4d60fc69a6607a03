import type { Child } from "hono/jsx";
import { classes } from "./classes.ts";

/** A bordered surface. With `title`, it is a section with a heading and an optional action. */
export function Card(
  { title, action, tone = "plain", flush = false, id, class: extra, children }: {
    title?: string;
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
    "rounded-lg border bg-surface shadow-card",
    tone === "danger" ? "border-danger/50" : "border-line",
    extra,
  );
  const body = <div class={flush ? "" : "p-5"}>{children}</div>;
  if (!title) return <div id={id} class={look}>{body}</div>;
  return (
    <section id={id} class={look} aria-label={title}>
      <header class="flex min-h-13 items-center justify-between gap-4 border-b border-line px-5 py-2">
        <h2 class="text-base font-semibold">{title}</h2>
        {action}
      </header>
      {body}
    </section>
  );
}
