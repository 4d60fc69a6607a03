import { componentText } from "./component_text.ts";
import { TextField } from "./field.tsx";

/** Asks the person to type `text` before something is permanently deleted. */
export function ConfirmationField(
  { label, text, value, error }: { label: string; text: string; value?: string; error?: string },
) {
  return (
    <TextField
      id="confirmation"
      name="confirmation"
      label={label}
      hint={componentText.use().confirm(text)}
      value={value}
      error={error}
      autofocus={error ? true : undefined}
      autocomplete="off"
      autocapitalize="none"
      spellcheck={false}
    />
  );
}
