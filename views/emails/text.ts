import { catalog } from "../text.ts";
import { useEmail } from "./email_context.ts";
import { en } from "./text.en.ts";

export const emailText = catalog({ en });

/** The texts in the language of the email around the component. */
export function useEmailText() {
  return emailText.of(useEmail().locale);
}
