/** Quotes that end a quoted name, and what makes an address: also in the full-width forms that NFKC turns into these. */
const MARKS = /[@<>"“”„‟«»‹›\\]|:\/\/|\bwww\b/iu;
/** `example.com`, with the dots that domain names know: a letter or digit, a dot, and two letters or more. */
const DOMAIN = /[\p{L}\p{N}-][.\u3002][\p{L}]{2,}/u;
const PHONE_NUMBER = /\d(?:[\s().\/-]*\d){6,}/;
/** Control characters, and invisible ones that turn the direction; those that join letters are part of names. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * Whether an email can show a name that a stranger chose: it has nothing in it that looks like a link, an address or a phone
 * number, or that ends the quotes around it.
 */
export function isPlainName(name: string): boolean {
  if (INVISIBLE.test(name)) return false;
  const visible = name.normalize("NFKC").replaceAll(/[\u200c\u200d]/g, "");
  return ![MARKS, DOMAIN, PHONE_NUMBER].some((pattern) => pattern.test(visible));
}

/** Whether a name can stand before ours in From without passing for another sender. */
export function isPlainSender(name: string, productName: string): boolean {
  return isPlainName(name) && !name.normalize("NFKC").toLowerCase().includes(productName.toLowerCase());
}
