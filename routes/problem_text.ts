import type { FieldErrors, FieldProblems } from "../src/errors.ts";
import { type Problem, textOf } from "../src/platform/problem.ts";
import type { Locale } from "../views/locale.ts";
import { languageOf } from "../views/wording.ts";
import { wireErrors } from "./wire.ts";

/** The text of a problem in the reader's language. */
export function problemText(problem: Problem, locale: Locale): string {
  return textOf(problem, languageOf(locale));
}

/** The texts of a form's problems, under the form's field names. */
export function fieldTexts(fields: FieldProblems, locale: Locale): FieldErrors {
  const texts = Object.entries(wireErrors(fields)).map((
    [name, problem],
  ) => [name, problemText(problem, locale)]);
  return Object.fromEntries(texts);
}
