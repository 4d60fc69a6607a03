/** The languages of pages and emails. */
export const LOCALES = ["en"] as const;

export type Language = typeof LOCALES[number];

export function isLanguage(tag: string): tag is Language {
  return LOCALES.some((language) => language === tag);
}
