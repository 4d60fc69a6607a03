import type { Context } from "hono";
import type { HttpEnv } from "../http.ts";
/** A percent-encoded control character, slash or backslash. No page's path contains one. */
const ENCODED_TRICK = /%(?:[01][0-9a-f]|2f|5c|7f)/i;

/**
 * The path to open after signing in: `next` if it is a path on this host, otherwise `fallback`. Rejects everything that a
 * browser may read as another site: `//evil`, `/\evil`, `https:evil`, control characters, and their encoded forms.
 */
export function safeNext(next: string | undefined, fallback: string): string {
  if (!next || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next) || next.includes("\\") || ENCODED_TRICK.test(next)) {
    return fallback;
  }
  const base = "http://here.invalid";
  const url = URL.parse(next, base);
  if (!url || url.origin !== base || url.pathname.includes("//")) return fallback;
  return url.pathname + url.search;
}

/** The page whose form the person sent. */
export function senderOf<Env extends HttpEnv>(c: Context<Env>): string {
  const sender = URL.parse(c.req.header("Referer") ?? "");
  return sender ? safeNext(sender.pathname + sender.search, "/") : "/";
}
