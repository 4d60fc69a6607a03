import { bigint, index, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import { control } from "./control.ts";

/** The last batch of each counter that adds to tables of schema `stream`, so that a repeated batch counts once. */
export const countWriters = control.table("count_writers", {
  /** A counter of one process. */
  id: uuid("id").primaryKey(),
  lastBatch: bigint("last_batch", { mode: "number" }).notNull(),
  writtenAt: moment("written_at").notNull(),
}, (table) => [index("count_writers_written").on(table.writtenAt)]);
