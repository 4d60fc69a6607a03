import { sql } from "drizzle-orm";
import { pgPolicy, pgSchema } from "drizzle-orm/pg-core";

/**
 * Schema `stream`: high-volume records of all tenants, partitioned by month or day, with few exceptions. Every table has a `tenant_id` and the
 * policy `ownRows`, so a tenant's role reads only its own rows. The functions in db/stream/writer.ts write the rows,
 * and db/stream/partitions.ts maintains the partitions.
 */
export const stream = pgSchema("stream");

export const ownRows = () =>
  pgPolicy("own_rows", {
    for: "select",
    to: "public",
    using: sql`tenant_id = (select control.tenant_id_of(current_user))`,
  });
