import { bigint, date, pgTable, primaryKey, text } from "drizzle-orm/pg-core";

/** What the tenant had and did on each day (UTC). See src/analytics/daily_metrics.ts for the two kinds of metrics. */
export const dailyMetrics = pgTable("daily_metrics", {
  day: date("day").notNull(),
  metric: text("metric", { enum: ["members", "projects", "projects_created", "api_calls", "storage_bytes"] })
    .notNull(),
  value: bigint("value", { mode: "number" }).notNull(),
}, (table) => [primaryKey({ columns: [table.day, table.metric] })]);
