import type { Child, JSX } from "hono/jsx";
import { classes } from "./classes.ts";
import { componentText } from "./component_text.ts";

export const CONTROL_LOOK =
  "w-full rounded-md border bg-surface px-3 text-base text-ink placeholder:text-muted transition-colors focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted max-sm:text-md";

type Described = { id: string; label: string; hint?: string; error?: string };

/** The label around a form control whose id is `id`, and below it the hint, or the error that replaces it. */
export function FieldFrame(
  { id, label, hint, error, optional, children }: Described & { optional?: boolean; children?: Child },
) {
  return (
    <div class="grid content-start gap-1.5">
      <label for={id} class="flex items-baseline justify-between text-base font-medium">
        {label}
        {optional ? <span class="font-normal text-muted">{componentText.use().optional}</span> : null}
      </label>
      {children}
      {hint && !error ? <p id={`${id}-hint`} class="text-sm text-muted">{hint}</p> : null}
      {error ? <FieldError id={`${id}-error`} text={error} /> : null}
    </div>
  );
}

/** A field's error message. */
export function FieldError({ id, text }: { id: string; text: string }) {
  return <p id={id} class="text-sm text-danger">{text}</p>;
}

/** The ARIA attributes that tie a control to its hint, or to the error that replaces the hint. */
export function describedBy({ id, hint, error }: { id: string; hint?: string; error?: string }) {
  const described = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return { "aria-describedby": described, "aria-invalid": error ? "true" as const : undefined };
}

/** The border of a control. It is red if the value has an error. */
export function controlBorder(error?: string): string {
  return error ? "border-danger" : "border-field hover:border-muted";
}

export type TextFieldProps = Described & {
  name: string;
  value?: string;
  optional?: boolean;
  suffix?: Child;
  class?: string;
};

/** A single-line text field with its label, hint and error. `suffix` is fixed text after the value, which reads from left to right. */
export function TextField(
  { id, label, hint, error, optional, suffix, type = "text", class: extra, ...attributes }:
    & TextFieldProps
    & JSX.IntrinsicElements["input"],
) {
  const look = classes(
    CONTROL_LOOK,
    "h-9 max-sm:h-11",
    controlBorder(error),
    suffix !== undefined && "rounded-e-none",
    extra,
  );
  const input = (
    <input
      id={id}
      type={type}
      required={!optional}
      class={look}
      {...describedBy({ id, hint, error })}
      {...attributes}
    />
  );
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} optional={optional}>
      {suffix === undefined ? input : <Suffixed suffix={suffix}>{input}</Suffixed>}
    </FieldFrame>
  );
}

/** A multi-line text field with its label, hint and error. */
export function TextAreaField(
  { id, label, hint, error, optional, value = "", rows = 4, class: extra, ...attributes }:
    & TextFieldProps
    & JSX.IntrinsicElements["textarea"],
) {
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} optional={optional}>
      <textarea
        id={id}
        rows={rows}
        required={!optional}
        class={classes(CONTROL_LOOK, "py-2", controlBorder(error), extra)}
        {...describedBy({ id, hint, error })}
        {...attributes}
      >
        {value}
      </textarea>
    </FieldFrame>
  );
}

function Suffixed({ suffix, children }: { suffix: Child; children?: Child }) {
  return (
    <div class="flex" dir="ltr">
      {children}
      <span class="flex shrink-0 items-center rounded-e-md border border-s-0 border-field bg-sunken px-3 text-base text-muted">
        {suffix}
      </span>
    </div>
  );
}
