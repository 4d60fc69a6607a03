// @ts-types="@types/html-to-text"
import { convert } from "html-to-text";
import type { Token, Tokens } from "marked";

/** HTML's names and numbers of characters, such as `&amp;` and `&#8364;`. */
const ENTITY = /&(?:[a-z][a-z0-9]{1,31}|#\d{1,7}|#x[\da-f]{1,6});/gi;
/** Control characters, marks that change the text direction, and private characters, which mark merge fields. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Co}\u202a-\u202e\u2066-\u2069]/u;

/** Puts characters in place of their names in a token's text and target, before anything checks them. Code stays as it is. */
export function decodeEntities(token: Token): void {
  if (token.type === "text") token.raw = decoded(token.raw);
  if (token.type !== "link" && token.type !== "image") return;
  const target = token as Tokens.Link | Tokens.Image;
  target.href = decoded(target.href);
  target.text = decoded(target.text);
}

function decoded(text: string): string {
  return text.replaceAll(ENTITY, (entity) => {
    const character = convert(`x${entity}x`, { wordwrap: false }).slice(1, -1);
    return character.length > 2 || UNFIT.test(character) ? entity : character;
  });
}
