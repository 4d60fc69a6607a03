/** The pattern of LIKE that finds `search` anywhere in a text, and takes none of its signs for a wildcard. */
export function likePattern(search: string): string {
  return `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
