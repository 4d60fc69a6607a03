import type { ReaderLanguage, Translate } from "../src/platform/wording.ts";
import { LANGUAGE_TAGS, type Locale, PSEUDO_LOCALE, type Translated } from "./locale.ts";
import { usePage } from "./page.tsx";
import { pseudo } from "./pseudo.ts";

/**
 * Each language's texts for what `src` declares in English, by code: events, permissions, plans, problems and more. Texts that a
 * language lacks are in English.
 */
export const TRANSLATIONS: { readonly [Language in Translated]?: Readonly<Record<string, string>> } = {};

/** Translates what `src` declares into a language. */
export function translatorTo(locale: Locale): Translate {
  if (locale === PSEUDO_LOCALE) return ({ english }) => pseudo(english);
  const texts: Readonly<Record<string, string>> = locale === "en" ? {} : TRANSLATIONS[locale] ?? {};
  return ({ code, english }) => texts[code] ?? english;
}

/** A language for texts with values, such as problems and notifications. */
export function languageOf(locale: Locale): ReaderLanguage {
  return { tag: LANGUAGE_TAGS[locale], translate: translatorTo(locale) };
}

/** Translates into the language of the page around the component. */
export function useTranslate(): Translate {
  return translatorTo(usePage().locale);
}
