import { bigint, pgTable, text } from "drizzle-orm/pg-core";

/** How much of each limit of its plan the tenant uses. See src/billing/limits.ts. */
export const limitCounters = pgTable("limit_counters", {
  limit: text("limit").primaryKey(),
  used: bigint("used", { mode: "number" }).notNull(),
});
