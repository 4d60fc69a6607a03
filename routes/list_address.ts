import type { Context, Env } from "hono";
import type { z } from "zod";
import { readWire, wireSchema } from "./wire.ts";

const ROWS_PER_PAGE = 25;

/** The list query in a page's URL. People edit URLs, so invalid values are ignored, not rejected. */
export function readListAddress<E extends Env, Schema extends z.ZodObject>(
  c: Context<E>,
  { query }: { query: Schema },
): z.output<Schema> {
  const address = c.req.query();
  const refused = new Set(wireSchema(query).safeParse(address).error?.issues.map(({ path: [name] }) => name));
  const kept = Object.entries(address).filter(([name]) => !refused.has(name));
  return readWire(query, { ...Object.fromEntries(kept), limit: ROWS_PER_PAGE });
}
