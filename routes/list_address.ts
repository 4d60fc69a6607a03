import type { Context, Env } from "hono";
import type { z } from "zod";
import { readWire, wireSchema } from "./wire.ts";

const ROWS_PER_PAGE = 25;
/** Takes the place of a filter's default in a URL. */
const NO_FILTER = "all";

/** The parameters of a URL by name. */
export type Address = Record<string, string>;

/**
 * The list query in a page's URL. `defaults` are the values of parameters that the URL lacks. People edit URLs, so invalid
 * values are ignored, not rejected.
 */
export function readListAddress<Schema extends z.ZodObject>(
  address: Address,
  { query }: { query: Schema },
  defaults: Address = {},
): z.output<Schema> {
  const refused = new Set(wireSchema(query).safeParse(address).error?.issues.map(({ path: [name] }) => name));
  const lifted = Object.keys(address).filter((name) => refused.has(name) && address[name] === NO_FILTER);
  const kept = [
    ...Object.entries(defaults).filter(([name]) => !lifted.includes(name)),
    ...Object.entries(address).filter(([name]) => !refused.has(name)),
  ];
  return readWire(query, { ...Object.fromEntries(kept), limit: ROWS_PER_PAGE });
}

/** The URLs of the pages before and after this one, for a list without filters. */
export function pageLinks(
  path: string,
  { previousCursor, nextCursor }: { previousCursor: string | null; nextCursor: string | null },
) {
  const hrefOf = (cursor: string | null) => cursor && `${path}?${new URLSearchParams({ cursor })}`;
  return { previousHref: hrefOf(previousCursor), nextHref: hrefOf(nextCursor) };
}

/** The URL of the list at `path` if the person sent this request from there, otherwise null. */
export function shownList<E extends Env>(c: Context<E>, path: string): Address | null {
  const from = URL.parse(c.req.header("HX-Current-URL") ?? c.req.header("Referer") ?? "");
  return from?.pathname === path ? Object.fromEntries(from.searchParams) : null;
}
