import type { JSX } from "hono/jsx";
import { classes } from "./classes.ts";
import { CONTROL_LOOK, controlBorder } from "./field.tsx";

const FILE_BUTTON =
  "file:me-3 file:h-full file:border-0 file:border-e file:border-solid file:border-line file:bg-sunken file:px-3 file:text-base file:font-medium file:text-ink";

/** A field for a file, without its label. */
export function FileInput({ error, ...attributes }: { error?: string } & JSX.IntrinsicElements["input"]) {
  const look = classes(CONTROL_LOOK, "h-9 ps-0 text-muted max-sm:h-11", FILE_BUTTON, controlBorder(error));
  return <input type="file" class={look} {...attributes} />;
}
