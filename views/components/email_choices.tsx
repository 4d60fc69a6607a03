import type { EmailCategory } from "../../src/email/category.ts";
import type { EmailPreferences } from "../../src/email/preferences.ts";
import { useTranslate } from "../wording.ts";
import { Checkbox } from "./checkbox.tsx";
import { componentText } from "./component_text.ts";

export type EmailChoicesProps = { categories: readonly EmailCategory[]; preferences: EmailPreferences };

/** A checkbox for each category of email. */
export function EmailChoices({ categories, preferences }: EmailChoicesProps) {
  const text = componentText.use();
  const translate = useTranslate();
  return (
    <fieldset class="grid gap-4">
      <legend class="sr-only">{text.emails}</legend>
      {categories.map(({ name, label, hint }) => (
        <Checkbox
          key={name}
          id={name.replaceAll("_", "-")}
          name={name}
          label={translate(label)}
          hint={translate(hint)}
          checked={preferences[name]}
        />
      ))}
      <p class="text-sm text-muted">{text.alwaysSent}</p>
    </fieldset>
  );
}
