/** A LIKE pattern that finds `search` anywhere in a text. Escapes wildcards in `search`. */
export function likePattern(search: string): string {
  return `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
