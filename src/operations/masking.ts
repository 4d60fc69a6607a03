const SECRET_NAME =
  /token|secret|password|passphrase|key|code|hash|authorization|cookie|email|address|phone|url/i;
const ADDRESS = /[^\s<>@]+@[^\s<>@]+/g;
const MAX_LENGTH = 200;
const MAX_ITEMS = 20;
const MASK = "•••";

/** A payload as it may be shown: what may be secret or personal by its name is masked, whatever it is; what is long is cut. */
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

/** A text as it may be kept and shown to the platform's staff: without email addresses. */
export function maskAddresses(text: string): string {
  return text.replaceAll(ADDRESS, MASK);
}
