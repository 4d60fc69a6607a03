/** A text that src declares in English, beside the object or the error that it belongs to. Pages show it in the reader's language. */
export type Wording = {
  /** Names the text for programs and for translations. It never changes. */
  readonly code: string;
  /** The text in English, with `{name}` in place of each value. */
  readonly english: string;
};

/** Returns a declared text in a reader's language, with its placeholders. */
export type Translate = (wording: Wording) => string;

/** A reader's language: its texts, and the tag (BCP 47) of its formats. */
export type ReaderLanguage = { readonly tag: string; readonly translate: Translate };

export const ENGLISH: ReaderLanguage = { tag: "en-US", translate: ({ english }) => english };

const declared = new Map<string, Wording>();

/** Declares a text. Its code is unique. */
export function wording(code: string, english: string): Wording {
  if (declared.has(code)) throw new Error(`Two texts have the code "${code}".`);
  const made = { code, english };
  declared.set(code, made);
  return made;
}

/** The declared text with this code. */
export function findWording(code: string): Wording | null {
  return declared.get(code) ?? null;
}

/** Every text that the loaded code declares: what a translator translates. */
export function declaredWordings(): Wording[] {
  return [...declared.values()];
}

/** The names of a text's values, in the order in which the text mentions them. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name]) => name!);
}

/** A value's place in a text. */
export const PLACEHOLDER = /\{(\w+)\}/g;

/** A number in a sentence of a language. English separates thousands from five digits on: 1000, but 412,300. */
export function formatNumber(value: number, tag: string): string {
  return new Intl.NumberFormat(tag, { useGrouping: "min2" }).format(value);
}
