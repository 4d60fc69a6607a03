import type { EmailCategory } from "../../src/email/categories.ts";
import type { EmailPreferences } from "../../src/email/preferences.ts";
import { Checkbox } from "./checkbox.tsx";

export const CATEGORY_LABELS: Record<EmailCategory, { label: string; hint: string }> = {
  usage_alerts: {
    label: "Usage alerts",
    hint: "When a workspace nears or reaches a limit of its plan.",
  },
  reports: {
    label: "Monthly reports",
    hint: "At the start of each month: a summary of the one before.",
  },
};

/** A checkbox for each optional kind of email. */
export function EmailChoices({ preferences }: { preferences: EmailPreferences }) {
  const categories = Object.keys(CATEGORY_LABELS) as EmailCategory[];
  return (
    <fieldset class="grid gap-4">
      <legend class="sr-only">Emails you get</legend>
      {categories.map((category) => (
        <Checkbox
          key={category}
          id={category.replace("_", "-")}
          name={category}
          checked={preferences[category]}
          {...CATEGORY_LABELS[category]}
        />
      ))}
      <p class="text-sm text-muted">
        You always get emails about your account, such as new passwords and payments.
      </p>
    </fieldset>
  );
}
