import type { Child, JSX } from "hono/jsx";
import { classes } from "./classes.ts";

/** A link inside text. It is underlined, so that it doesn't depend on color. */
export function TextLink(
  { class: extra, children, ...attributes }:
    & { class?: string; children?: Child }
    & JSX.IntrinsicElements["a"],
) {
  const look =
    "rounded-sm font-medium text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent";
  return <a class={classes(look, extra)} {...attributes}>{children}</a>;
}
