import { asc } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { TenantContext } from "../../src/context.ts";

/** What each workspace of the demo has of a resource: `add` is called with every index below `count`, from the oldest row on. */
export type ResourceRows = { count: number; add(ctx: TenantContext, index: number): Promise<unknown> };

const CHOSEN_FROM = 20;

/** The id of one of the first rows of a table. Null if there are none, such as contacts in small workspaces. */
export async function someId(
  ctx: TenantContext,
  table: PgTable & { id: PgColumn },
  index: number,
): Promise<string | null> {
  const rows = await ctx.tx((tx) =>
    tx.select({ id: table.id }).from(table as PgTable).orderBy(asc(table.id)).limit(CHOSEN_FROM)
  );
  return rows.length === 0 ? null : String(rows[index % rows.length]!.id);
}
