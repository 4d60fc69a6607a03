import type { Child } from "hono/jsx";
import { type Flash, MESSAGE_ICONS } from "./alert.tsx";
import { Button, ButtonLink, IconButton } from "./button.tsx";
import { classes } from "./classes.ts";
import { hx } from "./hx.ts";
import { Icon } from "./icon.tsx";
import { componentText } from "./component_text.ts";

const COLORS: Record<Flash["kind"], string> = {
  success: "text-success",
  error: "text-danger",
  info: "text-info",
};

const BEHAVIOR = {
  "x-data": "toast",
  "x-on:mouseenter": "pause",
  "x-on:mouseleave": "resume",
  "x-on:focusin": "pause",
};

/** A message that floats over the page and disappears after a few seconds. `children` are buttons below its text. */
export function Toast({ kind, text, link, undo, children }: Flash & { children?: Child }) {
  return (
    <div
      class={classes(
        "toast pointer-events-auto flex w-full animate-rise items-start gap-3 rounded-lg border border-line bg-raised py-2.5 pe-2 ps-4 shadow-pop sm:w-88",
        kind === "success" && "success-message",
      )}
      {...BEHAVIOR}
    >
      <Icon name={MESSAGE_ICONS[kind]} class={`mt-2 ${COLORS[kind]}`} />
      <div class="min-w-0 flex-1 self-center">
        <p class="line-clamp-3 wrap-anywhere" dir="auto">{text}</p>
        {children ? <div class="-ms-2.5 flex gap-1">{children}</div> : null}
      </div>
      {link ? <ButtonLink href={link.href} variant="quiet" size="small">{link.label}</ButtonLink> : null}
      {undo ? <UndoForm {...undo} /> : null}
      <IconButton icon="x" label={componentText.use().dismiss} x-on:click="dismiss" />
    </div>
  );
}

function UndoForm({ action, row }: NonNullable<Flash["undo"]>) {
  return (
    <form
      method="post"
      action={action}
      data-row={row}
      {...hx({ post: action, target: "closest .toast", swap: "delete" })}
    >
      <Button variant="quiet" size="small">{componentText.use().undo}</Button>
    </form>
  );
}

/** The container for toasts. Screen readers announce new ones. */
export function ToastRegion({ children }: { children?: Child }) {
  return (
    <div
      id="flash"
      role="status"
      aria-live="polite"
      class="pointer-events-none fixed inset-x-4 bottom-4 z-40 grid justify-items-end gap-2 sm:start-auto"
    >
      {children}
    </div>
  );
}

/** The part of an htmx response that adds a toast, whatever else the response swaps. */
export function OobToast(message: Flash) {
  return (
    <hx-partial hx-target="#flash" hx-swap="beforeend">
      <Toast {...message} />
    </hx-partial>
  );
}
