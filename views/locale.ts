/** The languages that the pages speak. */
export const LOCALES = ["en"] as const;

export type Locale = typeof LOCALES[number];

export const DEFAULT_LOCALE: Locale = "en";
