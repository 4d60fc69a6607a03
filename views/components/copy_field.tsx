import { classes } from "./classes.ts";
import { componentText } from "./component_text.ts";
import { CONTROL_LOOK, FieldFrame } from "./field.tsx";

/** Text to copy, such as a new API key, with a button that copies it. Without JavaScript, a click selects all of it. */
export function CopyField({ id, label, hint, value }: {
  id: string;
  label: string;
  hint?: string;
  value: string;
}) {
  const text = componentText.use();
  return (
    <FieldFrame id={id} label={label} hint={hint}>
      <div class="flex flex-wrap gap-2" x-data="copying">
        <input
          id={id}
          type="text"
          readonly
          value={value}
          x-ref="value"
          x-on:focus="select"
          autocomplete="off"
          spellcheck={false}
          dir="ltr"
          class={classes(
            CONTROL_LOOK,
            "h-9 min-w-0 flex-1 basis-64 border-field font-mono select-all max-sm:h-11",
          )}
          aria-describedby={hint ? `${id}-hint` : undefined}
        />
        <button
          type="button"
          x-on:click="copy"
          class="h-9 rounded-md border border-line-strong bg-surface px-3.5 font-medium hover:bg-hover max-sm:h-11 noscript:hidden"
        >
          <span x-show="isUncopied">{text.copy}</span>
          <span x-show="isCopied" x-cloak role="status">{text.copied}</span>
        </button>
      </div>
    </FieldFrame>
  );
}
