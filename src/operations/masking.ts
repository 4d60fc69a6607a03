const SECRET_NAME =
  /token|secret|password|passphrase|key|code|hash|authorization|cookie|email|address|phone|url/i;
const ADDRESS = /[^\s<>@]+@[^\s<>@]+/g;
const MAX_LENGTH = 200;
const MAX_ITEMS = 20;
const MASK = "•••";

/** A payload for display: masks values whose names suggest secrets or personal data, and shortens long ones. */
export function maskPayload(value: unknown, name = ""): unknown {
  if (value === null) return null;
  if (SECRET_NAME.test(name)) return MASK;
  if (typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "object") {
    if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => maskPayload(item));
    return Object.fromEntries(
      Object.entries(value).map(([inner, item]) => [inner, maskPayload(item, inner)]),
    );
  }
  const text = maskAddresses(String(value));
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** Masks the email addresses in a text, which is stored and shown to platform staff. */
export function maskAddresses(text: string): string {
  return text.replaceAll(ADDRESS, MASK);
}
