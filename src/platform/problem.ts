/** A value in a problem's text. Numbers, dates and lists get the format of the reader's language. */
export type ProblemValue = string | number | Date | readonly string[];

/** What went wrong, as data. The edges make the text: pages, the API and the CLI. */
export type Problem = {
  /** Names the problem for programs and for translations. It never changes. */
  readonly code: string;
  /** The text in English, with `{name}` in place of each value. */
  readonly english: string;
  readonly values: Readonly<Record<string, ProblemValue>>;
};

/** A problem whose text needs values: `TEXT_TOO_LONG.with({ maximum: 120 })`. */
export type ProblemWith<Name extends string> = {
  readonly code: string;
  readonly english: string;
  with(values: Readonly<Record<Name, ProblemValue>>): Problem;
};

type NameIn<English> = English extends `${string}{${infer Name}}${infer Rest}` ? Name | NameIn<Rest> : never;
type Declared<English> = [NameIn<English>] extends [never] ? Problem : ProblemWith<NameIn<English>>;

const declared = new Map<string, { code: string; english: string }>();

/** Declares a problem beside the code that throws it. Its code is unique. */
export function problem<const English extends string>(code: string, english: English): Declared<English> {
  if (declared.has(code)) throw new Error(`Two problems have the code "${code}".`);
  const made = {
    code,
    english,
    values: {},
    with: (values: Problem["values"]) => ({ code, english, values }),
  };
  declared.set(code, made);
  return made as Declared<English>;
}

/** The declared problem with this code and the values that its text names, taken from `source`. */
export function findProblem(code: string, source: Record<string, unknown>): Problem | null {
  const known = declared.get(code);
  if (!known) return null;
  const names = [...known.english.matchAll(PLACEHOLDER)].map(([, name]) => name!);
  const values = Object.fromEntries(names.map((name) => [name, source[name] as ProblemValue]));
  return { code, english: known.english, values };
}

/** The text in English: for logs, the CLI and the API. */
export function englishOf({ english, values }: Problem): string {
  return fillIn(english, values, "en-US");
}

/** Puts the values into a text. `tag` is the language of their formats. */
export function fillIn(text: string, values: Problem["values"], tag: string): string {
  return text.replaceAll(PLACEHOLDER, (placeholder, name) => {
    const value = values[name];
    return value === undefined ? placeholder : format(value, tag);
  });
}

const PLACEHOLDER = /\{(\w+)\}/g;

function format(value: ProblemValue, tag: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return new Intl.NumberFormat(tag, { useGrouping: "min2" }).format(value);
  if (value instanceof Date) {
    return new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeZone: "UTC" }).format(value);
  }
  return new Intl.ListFormat(tag, { type: "unit", style: "short" }).format(value);
}
