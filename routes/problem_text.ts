import type { FieldErrors, FieldProblems } from "../src/errors.ts";
import { fillIn, type Problem } from "../src/platform/problem.ts";
import { LANGUAGE_TAGS, type Locale, PSEUDO_LOCALE, type Translated } from "../views/locale.ts";
import { pseudo } from "../views/pseudo.ts";
import { wireErrors } from "./wire.ts";

/** Each language's texts by the problem's code. Problems that a language lacks are in English. */
const TRANSLATIONS: { [Language in Translated]?: Readonly<Record<string, string>> } = {};

/** The text of a problem in the reader's language. */
export function problemText(problem: Problem, locale: Locale): string {
  return fillIn(templateOf(problem, locale), problem.values, LANGUAGE_TAGS[locale]);
}

/** The texts of a form's problems, under the form's field names. */
export function fieldTexts(fields: FieldProblems, locale: Locale): FieldErrors {
  const texts = Object.entries(wireErrors(fields)).map((
    [name, problem],
  ) => [name, problemText(problem, locale)]);
  return Object.fromEntries(texts);
}

function templateOf({ code, english }: Problem, locale: Locale): string {
  if (locale === PSEUDO_LOCALE) return pseudo(english);
  const texts: Readonly<Record<string, string>> = locale === "en" ? {} : TRANSLATIONS[locale] ?? {};
  return texts[code] ?? english;
}
