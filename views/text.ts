import type { Child } from "hono/jsx";
import { DEFAULT_LOCALE, formatsOf, type Locale, PSEUDO_LOCALE, type Translated } from "./locale.ts";
import { usePage } from "./page.tsx";
import { pseudoTexts } from "./pseudo.ts";

/** The texts of some pages in each language. Other languages have the same keys as English. */
export type Catalog<Texts> = {
  /** The texts in a language. Texts that it lacks are in English. */
  of(locale: Locale): Texts;
  /** The texts in the language of the page around the component. */
  use(): Texts;
};

/** Joins the languages of some pages' texts: `catalog({ en })`. */
export function catalog<Texts extends object>(
  languages: { en: Texts } & { [Language in Translated]?: Partial<Texts> },
): Catalog<Texts> {
  const join = (locale: Locale): Texts =>
    locale === PSEUDO_LOCALE ? pseudoTexts(languages.en) : { ...languages.en, ...languages[locale] };
  const joined = new Map<Locale, Texts>();
  const of = (locale: Locale): Texts => {
    const known = joined.get(locale);
    if (known) return known;
    const texts = join(locale);
    joined.set(locale, texts);
    return texts;
  };
  return { of, use: () => of(usePage().locale) };
}

/** Replaces each `{name}` in a sentence with markup: `fill("Joined {day}", { day: <Day at={at} /> })`. */
export function fill(sentence: string, parts: Record<string, Child>): Child[] {
  return sentence.split(/\{(\w+)\}/).map((piece, index) => index % 2 === 1 ? parts[piece] : piece);
}

/** "1 project", "1,284 projects". For English; other languages choose the form by `Intl.PluralRules`. */
export function plural(count: number, one: string, other = `${one}s`): string {
  return `${formatsOf(DEFAULT_LOCALE).count.format(count)} ${count === 1 ? one : other}`;
}
