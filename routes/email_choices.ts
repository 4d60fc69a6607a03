import type { EmailCategory } from "../src/email/category.ts";
import type { EmailPreferences } from "../src/email/preferences.ts";
import { FEATURES } from "../src/feature_list.ts";
import type { Fields } from "./http.ts";

/** Every category of email that a feature sends. */
export const EMAIL_CATEGORIES: readonly EmailCategory[] = [
  ...new Set(FEATURES.flatMap(({ emails }) => emails).flatMap(({ category }) => category ?? [])),
];

/** The preferences from a form of checkboxes. A browser sends only the checked boxes. */
export function readChoices(fields: Fields): EmailPreferences {
  return Object.fromEntries(EMAIL_CATEGORIES.map(({ name }) => [name, fields[name] === "on"]));
}
