import { type Wording, wording } from "../platform/wording.ts";

/** A kind of email that people may turn off. Emails without one are about the reader's account and always sent. */
export type EmailCategory = { readonly name: string; readonly label: Wording; readonly hint: Wording };

/** Declares a category. An email names its category, so no list of them exists. */
export function emailCategory(
  name: string,
  { label, hint }: { label: string; hint: string },
): EmailCategory {
  return {
    name,
    label: wording(`email_category.${name}.label`, label),
    hint: wording(`email_category.${name}.hint`, hint),
  };
}
