import type { JSX } from "hono/jsx";
import { classes } from "./classes.ts";
import { CONTROL_LOOK, controlBorder, describedBy, FieldFrame } from "./field.tsx";
import { Icon } from "./icon.tsx";

/** `isTyped` marks text that people typed, such as a name. */
export type Option = { value: string; label: string; isTyped?: boolean };
type Choices = { options: readonly Option[]; value?: string };

/** A select without a visible label; give it an `aria-label`. */
export function Select(
  { options, value, error, class: extra, ...attributes }:
    & Choices
    & { error?: string; class?: string }
    & JSX.IntrinsicElements["select"],
) {
  return (
    <span class="relative block">
      <select
        class={classes(CONTROL_LOOK, "h-9 appearance-none pe-9 max-sm:h-11", controlBorder(error), extra)}
        {...attributes}
      >
        {options.map((option) => (
          <option
            value={option.value}
            selected={option.value === value}
            dir={option.isTyped ? "auto" : undefined}
          >
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" class="pointer-events-none absolute inset-y-0 end-3 my-auto text-muted" />
    </span>
  );
}

/** A select with its label, hint and error. */
export function SelectField(
  { id, label, hint, error, ...attributes }:
    & Choices
    & { id: string; name: string; label: string; hint?: string; error?: string }
    & Omit<JSX.IntrinsicElements["select"], "class">,
) {
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <Select id={id} error={error} {...describedBy({ id, hint, error })} {...attributes} />
    </FieldFrame>
  );
}
