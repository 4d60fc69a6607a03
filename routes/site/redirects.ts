/**
 * Where to go after signing in: `next` if it is a path of this very host, else `fallback`. What a browser would
 * read as another site (`//evil`, `/\evil`, `https:evil`, with control characters or encoded) is not followed.
 */
export function safeNext(next: string | undefined, fallback: string): string {
  if (!next || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next) || next.includes("\\")) return fallback;
  const base = "http://here.invalid";
  const url = URL.parse(next, base);
  if (!url || url.origin !== base || url.pathname.startsWith("//")) return fallback;
  return url.pathname + url.search;
}
