import type { EmailCategory } from "../../src/email/category.ts";
import type { EmailPreferences } from "../../src/email/preferences.ts";
import { Checkbox } from "./checkbox.tsx";

export type EmailChoicesProps = { categories: readonly EmailCategory[]; preferences: EmailPreferences };

/** A checkbox for each category of email. */
export function EmailChoices({ categories, preferences }: EmailChoicesProps) {
  return (
    <fieldset class="grid gap-4">
      <legend class="sr-only">Emails you get</legend>
      {categories.map(({ name, label, hint }) => (
        <Checkbox
          key={name}
          id={name.replaceAll("_", "-")}
          name={name}
          label={label}
          hint={hint}
          checked={preferences[name]}
        />
      ))}
      <p class="text-sm text-muted">
        You always get emails about your account, such as password resets and payments.
      </p>
    </fieldset>
  );
}
