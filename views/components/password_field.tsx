import type { JSX } from "hono/jsx";
import { catalog } from "../text.ts";
import { classes } from "./classes.ts";
import { CONTROL_LOOK, controlBorder, describedBy, FieldFrame } from "./field.tsx";
import { en } from "./password_text.en.ts";

const passwordText = catalog({ en });

const BEHAVIOR = { "x-data": "password", "x-on:submit.window": "hide" };

const METER = classes(
  "grid grid-cols-4 gap-1 *:h-1 *:rounded-full *:bg-line *:transition-colors noscript:hidden",
  "data-[strength=1]:[&>:nth-child(-n+1)]:bg-danger data-[strength=2]:[&>:nth-child(-n+1)]:bg-danger",
  "data-[strength=3]:[&>:nth-child(-n+2)]:bg-warning",
  "data-[strength=4]:[&>:nth-child(-n+3)]:bg-success data-[strength=5]:*:bg-success",
);

export type PasswordFieldProps = {
  id: string;
  name: string;
  label: string;
  hint?: string;
  error?: string;
  /** For a new password: says the rule and how hard the password is to guess. */
  isNew?: boolean;
};

/** A password with a button that shows it. Without JavaScript, it is a plain field. */
export function PasswordField(
  { id, label, error, isNew = false, hint, ...attributes }:
    & PasswordFieldProps
    & JSX.IntrinsicElements["input"],
) {
  const text = passwordText.use();
  const rule = hint ?? (isNew ? text.rule : undefined);
  const notes = [rule, rule, text.common, text.fair, text.good, text.strong].join("|");
  const rated = isNew ? { "x-on:input": "rate" } : {};
  return (
    <div {...BEHAVIOR} data-notes={notes}>
      <FieldFrame id={id} label={label} error={error}>
        <div class="relative">
          <input
            id={id}
            type="password"
            required
            autocomplete={isNew ? "new-password" : "current-password"}
            class={classes(CONTROL_LOOK, "h-9 pe-16 max-sm:h-11", controlBorder(error))}
            x-bind:type="type"
            {...rated}
            {...describedBy({ id, hint: rule, error })}
            {...attributes}
          />
          <button
            type="button"
            x-on:click="toggle"
            class="absolute inset-y-0 end-0 rounded-md px-3 text-sm text-muted hover:text-ink noscript:hidden"
          >
            <span x-show="isHidden">{text.show}</span>
            <span x-show="isShown" x-cloak>{text.hide}</span>
            <span class="sr-only">{text.shown}</span>
          </button>
        </div>
        {isNew
          ? (
            <div class={METER} x-bind:data-strength="strength" aria-hidden="true">
              <span></span>
              <span></span>
              <span></span>
              <span></span>
            </div>
          )
          : null}
        {rule && !error
          ? (
            <p
              id={`${id}-hint`}
              class="text-sm text-muted"
              aria-live="polite"
              x-text={isNew ? "note" : undefined}
            >
              {rule}
            </p>
          )
          : null}
      </FieldFrame>
    </div>
  );
}
