/** Quotes that end a quoted name and signs of an address, including full-width forms, which NFKC turns into these. */
const MARKS = /[@<>"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\\]|:\/\/|\bwww\b/iu;
/** `example.com`: a letter or digit, a dot of domain names, and two or more letters. */
const DOMAIN = /[\p{L}\p{N}-][.\u3002][\p{L}]{2,}/u;
const PHONE_NUMBER = /\d(?:[\s().\/-]*\d){6,}/;
/** Control characters and invisible ones that change the direction. Those that join letters are part of names. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * Whether an email can show a name that a stranger chose: nothing in it looks like a link, an address or a phone number, or ends
 * the quotes around it.
 */
export function isPlainName(name: string): boolean {
  if (INVISIBLE.test(name)) return false;
  const visible = name.normalize("NFKC").replaceAll(/[\u200c\u200d]/g, "");
  return ![MARKS, DOMAIN, PHONE_NUMBER].some((pattern) => pattern.test(visible));
}

/** Whether a name can precede the product's in From without passing for another sender. */
export function isPlainSender(name: string, productName: string): boolean {
  return isPlainName(name) && !name.normalize("NFKC").toLowerCase().includes(productName.toLowerCase());
}
