import type { Child } from "hono/jsx";
import { Card } from "../../components/card.tsx";
import { classes } from "../../components/classes.ts";

/** A titled group of samples, which the page's contents link to. */
export function Samples({ title, children }: { title: string; children?: Child }) {
  return (
    <Card id={anchorOf(title)} title={title} class="scroll-mt-6">
      <div class="flex flex-wrap items-start gap-x-8 gap-y-6">{children}</div>
    </Card>
  );
}

/** One state of a component below the state's name. A `wide` sample has the whole row. */
export function Sample(
  { state, wide = false, children }: { state: string; wide?: boolean; children?: Child },
) {
  return (
    <div class={classes("grid min-w-0 grid-cols-1 content-start gap-2", wide ? "w-full" : "max-w-full")}>
      <p class="text-xs text-faint">{state}</p>
      <div class={wide ? "min-w-0" : "flex flex-wrap items-center gap-2"}>{children}</div>
    </div>
  );
}

export function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z]+/g, "-");
}

/** Shows the sample as if the pointer were over it, or as if it had the focus. */
export const HOVERED = { "data-shown": "hover" };
export const FOCUSED = { "data-shown": "focus" };

/** A name that is as long as people make them. */
export const LONG_NAME =
  "Relaunch of the website in eleven languages with a new shop, a new blog, and the old addresses redirected";

export const NOON = new Date(Date.UTC(2026, 0, 15, 12));
