/** By how much a pseudo-text is longer than its original, as many languages are longer than English. */
const GROWTH = 0.4;

const PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ACCENTED = "åƀçðéƒĝĥîĵķļḿñöþɋŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻḾÑÖÞɊŔŠŢÛṼŴẊÝŽ";
const ACCENTS = new Map([...PLAIN].map((letter, index) => [letter, [...ACCENTED][index]!]));

/**
 * A text in the pseudo-language: accented, 40 % longer and in brackets, with its `{placeholders}` as they are. A text without
 * brackets on a page isn't in a catalog. A text that loses its closing bracket is cut off.
 */
export function pseudo(text: string): string {
  if (!/\p{L}/u.test(text)) return text;
  const accented = text.split(/(\{\w+\})/)
    .map((piece, index) =>
      index % 2 === 1 ? piece : [...piece].map((letter) => ACCENTS.get(letter) ?? letter).join("")
    );
  return `[${accented.join("")} ${filler(Math.ceil(text.length * GROWTH))}]`;
}

/** All texts of a catalog in the pseudo-language, those that functions return included. */
export function pseudoTexts<Texts>(texts: Texts): Texts {
  return translate(texts) as Texts;
}

function translate(text: unknown): unknown {
  if (typeof text === "string") return pseudo(text);
  if (typeof text === "function") return (...values: unknown[]) => translate(text(...values));
  if (Array.isArray(text)) return text.map(translate);
  if (typeof text !== "object" || text === null) return text;
  return Object.fromEntries(Object.entries(text).map(([name, inner]) => [name, translate(inner)]));
}

/** Words, so that the text wraps as a sentence does. */
function filler(length: number): string {
  return "lorem ipsum dolor sit ".repeat(Math.ceil(length / 22)).slice(0, length).trimEnd();
}
