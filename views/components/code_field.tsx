import type { JSX } from "hono/jsx";
import { TextField, type TextFieldProps } from "./field.tsx";

/** A code from an app or an email, or a recovery code. Browsers fill it in, and it is never kept. */
export function CodeField(
  props: Omit<TextFieldProps, "value"> & Omit<JSX.IntrinsicElements["input"], "value">,
) {
  return (
    <TextField
      {...props}
      autocomplete="one-time-code"
      autocapitalize="none"
      spellcheck={false}
      dir="ltr"
    />
  );
}
