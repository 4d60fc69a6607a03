const SECRET =
  /password|passphrase|secret|token|authorization|cookie|api_?key|private_?key|recovery|one_?time|otp|salt/i;
const MASK = "•••";

/** The details of a change without secrets: masks values whose names, or the name around them, suggest one. */
export function maskSecrets(details: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, mask(value, name)]));
}

function mask(value: unknown, name: string): unknown {
  if (value === null || value === undefined || typeof value === "boolean") return value;
  if (SECRET.test(name)) return MASK;
  if (Array.isArray(value)) return value.map((item) => mask(item, name));
  return typeof value === "object" && !(value instanceof Date)
    ? maskSecrets(value as Record<string, unknown>)
    : value;
}
