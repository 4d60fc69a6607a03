import { createContext, useContext } from "hono/jsx";
import type { EmailBrand } from "../../src/email/messages.ts";
import type { Accent } from "./palette.ts";

/** What every part of a message needs to know: whose it is. */
export type EmailValue = { brand: EmailBrand; accent: Accent };

export const EmailContext = createContext<EmailValue | null>(null);

/** The message around the component; throws outside one. */
export function useEmail(): EmailValue {
  const email = useContext(EmailContext);
  if (!email) throw new Error("Render the parts of messages by renderEmail.");
  return email;
}

/** An address as an `href`. Throws when it isn't an absolute http or https address. */
export function webAddress(url: string): string {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== "https:" && parsed?.protocol !== "http:") {
    throw new Error(`A message links to http and https only, not to ${JSON.stringify(url)}.`);
  }
  return parsed.href;
}
