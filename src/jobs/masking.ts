const SECRET_NAME =
  /token|secret|password|passphrase|key|code|hash|authorization|cookie|email|address|phone|url/i;
const MAX_LENGTH = 200;
const MAX_ITEMS = 20;

/** A payload as it may be shown: what may be secret or personal by its name is masked, what is long is cut. */
export function maskPayload(value: unknown, name = ""): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "object") {
    if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => maskPayload(item, name));
    return Object.fromEntries(
      Object.entries(value).map(([inner, item]) => [inner, maskPayload(item, inner)]),
    );
  }
  const text = String(value);
  if (SECRET_NAME.test(name) || text.includes("@")) return "•••";
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
