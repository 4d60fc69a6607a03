/** A LIKE pattern that finds `search` anywhere in a text. Escapes wildcards in `search`. */
export function likePattern(search: string): string {
  return `%${likePrefix(search)}`;
}

/** A LIKE pattern that finds texts that start with `search`. Escapes wildcards in `search`. */
export function likePrefix(search: string): string {
  return `${search.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
