import { bigint, date, pgTable } from "drizzle-orm/pg-core";

/** API calls a day (UTC), counted in the process and added in batches. */
export const apiUsage = pgTable("api_usage", {
  day: date("day").primaryKey(),
  calls: bigint("calls", { mode: "number" }).notNull(),
});
