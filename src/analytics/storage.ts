import { getTableName, type SQL, sql } from "drizzle-orm";
import type { TenantContext } from "../context.ts";
import { MemoryCache } from "../platform/cache.ts";
import { MINUTE } from "../platform/clock.ts";
import { part, type Services } from "../ports.ts";

/** A cache of the storage sizes by tenant id, and the query that measures one tenant. */
export const STORAGE = part(
  "storage sizes",
  (services) => ({
    sizes: new MemoryCache<number>({ capacity: 20_000, ttl: MINUTE }),
    query: sizeQuery(services),
  }),
  { forgetTenant: ({ sizes }, id) => sizes.delete(id) },
);

/** The size of the tenant's tables and indexes in bytes, at most a minute old. */
export function measureStorage(ctx: TenantContext): Promise<number> {
  const { sizes, query } = ctx.services.use(STORAGE);
  return sizes.getOrLoad(ctx.tenant.id, async () => {
    const [[row]] = await ctx.read((tx) => [tx.execute<{ bytes: number }>(query)]);
    return row!.bytes;
  });
}

/** Names each table, because searching the catalog for a schema's tables gets slower with every tenant. */
function sizeQuery({ tenantTables }: Services): SQL {
  const sizes = tenantTables.map((table) => sql`pg_total_relation_size(to_regclass(${getTableName(table)}))`);
  return sql`select (${sql.join(sizes, sql` + `)})::float8 as bytes`;
}
