const SPECIAL = /["\\]/;

/** Ids or days as a Postgres array literal. They contain no commas or quotes. */
export function idArray(ids: readonly string[]): string {
  return `{${ids.join(",")}}`;
}

/** Numbers as a Postgres array literal. */
export function numberArray(numbers: readonly number[]): string {
  return `{${numbers.join(",")}}`;
}

/** Texts as a Postgres array literal. */
export function textArray(texts: readonly (string | null)[]): string {
  return `{${texts.map((text) => text === null ? "NULL" : quoted(text)).join(",")}}`;
}

function quoted(text: string): string {
  return SPECIAL.test(text) ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : `"${text}"`;
}
