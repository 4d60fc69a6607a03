import type { Child } from "hono/jsx";
import { IconButton } from "./button.tsx";
import { componentText } from "./component_text.ts";

const BEHAVIOR = { "x-data": "dialog", "x-on:close": "leave", "x-on:click": "closeOnBackdrop" };

/**
 * A dialog that htmx loads and that opens itself. Without JavaScript, the same content is a separate page.
 * A button with `CLOSES_DIALOG` closes the dialog around it.
 */
export function Dialog({ id, title, children }: { id: string; title: string; children?: Child }) {
  return (
    <dialog
      id={id}
      aria-labelledby={`${id}-title`}
      class="w-full max-w-lg animate-rise rounded-xl border border-line bg-raised shadow-pop max-sm:mx-auto max-sm:mb-0 max-sm:max-w-full max-sm:rounded-b-none"
      {...BEHAVIOR}
    >
      <header class="flex items-center justify-between gap-4 px-5 pt-4 sm:px-6">
        <h2 id={`${id}-title`} class="text-lg font-semibold tracking-tight">{title}</h2>
        <IconButton icon="x" label={componentText.use().close} {...CLOSES_DIALOG} />
      </header>
      <div
        data-messages
        role="status"
        aria-live="polite"
        class="px-5 not-empty:pt-3 *:w-full! *:shadow-none sm:px-6"
      >
      </div>
      <div class="px-5 pt-3 pb-5 sm:px-6 sm:pb-6">{children}</div>
    </dialog>
  );
}

export const CLOSES_DIALOG = { "x-on:click": "close" };
