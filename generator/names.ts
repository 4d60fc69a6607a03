import { refuse } from "./refusal.ts";

/** A noun in the spellings that code, URLs and people use. */
export type Noun = {
  /** `purchase_order`, in file names, events and the database. */
  snake: string;
  /** `purchaseOrder`. */
  camel: string;
  /** `PurchaseOrder`. */
  pascal: string;
  /** `PURCHASE_ORDER`. */
  upper: string;
  /** `purchase-order`, in URLs and ids of HTML. */
  kebab: string;
  /** `purchase order`. */
  words: string;
  /** `Purchase order`. */
  title: string;
};

const SNAKE = /^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/;
const MAX_LENGTH = 30;
/** Endings of plurals, and of the singular. The first that matches counts. */
const PLURALS: [RegExp, string][] = [
  [/([^aeiou])ies$/, "$1y"],
  [/(ss|sh|ch|x|zz)es$/, "$1"],
  [/([^s])s$/, "$1"],
];
/** Words whose first sound isn't that of their first letter. */
const VOWEL_SOUND = /^(?:[aeio]|u(?!ni|se|sa|ti|r[aio])|hour|heir|honor|honest)/;

export function noun(snake: string): Noun {
  const parts = snake.split("_");
  const pascal = parts.map(capitalized).join("");
  const words = parts.join(" ");
  return {
    snake,
    camel: pascal[0]!.toLowerCase() + pascal.slice(1),
    pascal,
    upper: snake.toUpperCase(),
    kebab: parts.join("-"),
    words,
    title: capitalized(words),
  };
}

/** Refuses a name that isn't written as `purchase_orders`. */
export function requireSnakeCase(name: string, what: string): void {
  if (SNAKE.test(name) && name.length <= MAX_LENGTH) return;
  refuse(
    `"${name}" can't be the name of ${what}. Use up to ${MAX_LENGTH} lowercase letters and digits, with _ between words: due_date.`,
  );
}

/** The singular of a plural in snake_case. */
export function singularOf(plural: string): string {
  const rule = PLURALS.find(([ending]) => ending.test(plural));
  if (!rule) {
    refuse(
      `"${plural}" doesn't look like a plural. Name a resource in the plural, such as quotes, and give an irregular singular: people --one person.`,
    );
  }
  return plural.replace(...rule);
}

/** "a purchase order", "an invoice". */
export function withArticle(words: string): string {
  return `${VOWEL_SOUND.test(words) ? "an" : "a"} ${words}`;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
