import type { EmailCategory } from "../../src/email/categories.ts";
import type { EmailPreferences } from "../../src/email/preferences.ts";
import { Checkbox } from "./checkbox.tsx";

export const CATEGORY_LABELS: Record<EmailCategory, { label: string; hint: string }> = {
  usage_alerts: {
    label: "Usage alerts",
    hint: "When a workspace comes near a limit of its plan, or reaches it.",
  },
  reports: {
    label: "Monthly reports",
    hint: "At the start of a month: what the workspace did in the one before.",
  },
};

/** A checkbox for each kind of mail that one may do without. */
export function EmailChoices({ preferences }: { preferences: EmailPreferences }) {
  const categories = Object.keys(CATEGORY_LABELS) as EmailCategory[];
  return (
    <fieldset class="grid gap-4">
      <legend class="sr-only">Mail you get</legend>
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
        What concerns your account, such as a new password or a payment, is sent whatever you choose.
      </p>
    </fieldset>
  );
}
