import type { JSX } from "hono/jsx";
import { describedBy, FieldError } from "./field.tsx";

/** A checkbox with its label to the right. */
export function Checkbox(
  { id, label, hint, error, ...attributes }:
    & { id: string; name: string; label: string; hint?: string; error?: string; checked?: boolean }
    & JSX.IntrinsicElements["input"],
) {
  return (
    <div class="grid content-start gap-1">
      <label class="flex items-center gap-2.5 py-1 text-base has-disabled:text-muted">
        <input
          id={id}
          type="checkbox"
          class="size-4 shrink-0"
          {...describedBy({ id, hint, error })}
          {...attributes}
        />
        {label}
      </label>
      {hint ? <p id={`${id}-hint`} class="ps-6.5 text-sm text-muted">{hint}</p> : null}
      {error ? <FieldError id={`${id}-error`} text={error} /> : null}
    </div>
  );
}
