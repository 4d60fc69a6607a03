/** Where the tables are declared and where their migrations are, for `deno task db:generate` and for drizzle-kit. */
import { defineConfig } from "drizzle-kit";

/** `control` is migrated once, and `stream` with it; `tenant` in each tenant's schema, which its tables therefore don't name. */
export const MIGRATION_SETS = {
  control: {
    schema: ["db/control/schema", "db/stream/schema"],
    out: "db/control/migrations",
    schemaFilter: ["control", "stream"],
  },
  tenant: {
    schema: ["db/tenant/schema"],
    out: "db/tenant/migrations",
    schemaFilter: ["public"],
  },
};

const sets = Object.values(MIGRATION_SETS);

/** All tables, for `drizzle-kit export` or `studio`. Write migrations with `db:generate`, not with `drizzle-kit generate`. */
export default defineConfig({
  dialect: "postgresql",
  schema: sets.flatMap(({ schema }) => schema),
  out: ".data/drizzle",
  schemaFilter: sets.flatMap(({ schemaFilter }) => schemaFilter),
});
