/**
 * A query string, with the question mark, of the values that are given. Slashes stay as they are, because `safeNext` refuses paths with
 * encoded ones.
 */
export function queryString(values: Record<string, string | null | undefined>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? "" : `?${String(new URLSearchParams(given)).replaceAll("%2F", "/")}`;
}
