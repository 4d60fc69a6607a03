import { createContext, useContext } from "hono/jsx";
import type { Locale } from "../locale.ts";
import type { Accent } from "./palette.ts";

/** The brand of an email: a tenant's or the product's. */
export type EmailBrand = {
  name: string;
  /** `#rrggbb`. */
  color: string;
  logoUrl: string | null;
  url: string;
};

/** The context of every component in an email. */
export type EmailValue = { brand: EmailBrand; accent: Accent; locale: Locale };

/** The common names of a browser and its operating system. Null if unknown. */
export type EmailBrowser = { browser: string | null; system: string | null };

export const EmailContext = createContext<EmailValue | null>(null);

/** The email around the component. Throws outside an email. */
export function useEmail(): EmailValue {
  const email = useContext(EmailContext);
  if (!email) throw new Error("Render the parts of an email with renderEmail.");
  return email;
}

/** A URL for an `href`. Throws unless it is an absolute http or https URL. */
export function webAddress(url: string): string {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== "https:" && parsed?.protocol !== "http:") {
    throw new Error(`An email links to http and https only, not to ${JSON.stringify(url)}.`);
  }
  return parsed.href;
}
