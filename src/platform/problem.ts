import {
  ENGLISH,
  findWording,
  formatNumber,
  PLACEHOLDER,
  placeholdersOf,
  type ReaderLanguage,
  type Wording,
  wording,
} from "./wording.ts";

/** A value in a problem's text. Numbers, dates, lists, texts and other problems are written in the reader's language. */
export type ProblemValue = string | number | Date | readonly string[] | Wording | readonly Problem[];

/** What went wrong, as data. The edges make the text: pages, the API and the CLI. */
export type Problem = Wording & {
  readonly values: Readonly<Record<string, ProblemValue>>;
};

/** A problem whose text needs values: `TEXT_TOO_LONG.with({ maximum: 120 })`. */
export type ProblemWith<Name extends string> = Wording & {
  with(values: Readonly<Record<Name, ProblemValue>>): Problem;
};

type NameIn<English> = English extends `${string}{${infer Name}}${infer Rest}` ? Name | NameIn<Rest> : never;
type Declared<English> = [NameIn<English>] extends [never] ? Problem : ProblemWith<NameIn<English>>;

const declaredProblems: Wording[] = [];

/** Declares a problem beside the code that throws it. Its code is unique. */
export function problem<const English extends string>(code: string, english: English): Declared<English> {
  const declared = wording(code, english);
  declaredProblems.push(declared);
  const made = {
    ...declared,
    values: {},
    with: (values: Problem["values"]) => ({ ...declared, values }),
  };
  return made as Declared<English>;
}

/** Every problem that the loaded code declares, by code. */
export function listProblems(): Wording[] {
  return declaredProblems.toSorted((one, other) => one.code < other.code ? -1 : 1);
}

/** The declared problem with this code and the values that its text names, taken from `source`. */
export function findProblem(code: string, source: Record<string, unknown>): Problem | null {
  const known = findWording(code);
  if (!known) return null;
  const values = placeholdersOf(known.english).map((name) => [name, source[name] as ProblemValue]);
  return { ...known, values: Object.fromEntries(values) };
}

/** The text in English: for logs, the CLI and the API. */
export function englishOf(problem: Problem): string {
  return textOf(problem, ENGLISH);
}

/** The text in a language. */
export function textOf(problem: Problem, language: ReaderLanguage): string {
  const { tag, translate } = language;
  return translate(problem).replaceAll(PLACEHOLDER, (placeholder, name) => {
    const value = problem.values[name];
    if (value === undefined) return placeholder;
    if (areProblems(value)) return value.map((each) => textOf(each, language)).join(" ");
    return isWording(value) ? translate(value) : format(value, tag);
  });
}

function areProblems(value: ProblemValue): value is readonly Problem[] {
  return Array.isArray(value) && typeof value[0] === "object";
}

function isWording(value: Exclude<ProblemValue, readonly Problem[]>): value is Wording {
  return typeof value === "object" && "english" in value;
}

function format(value: string | number | Date | readonly string[], tag: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return formatNumber(value, tag);
  if (value instanceof Date) {
    return new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeZone: "UTC" }).format(value);
  }
  return new Intl.ListFormat(tag, { type: "unit", style: "short" }).format(value);
}
