import { sql } from "drizzle-orm";
import { check, pgTable, smallint, text } from "drizzle-orm/pg-core";
import { bytes, moment } from "../../columns.ts";

/** The workspace's logo, re-encoded by us. There is one row at most. `control.tenants.logo_version` says whether it is shown. */
export const brandLogo = pgTable("brand_logo", {
  slot: smallint("slot").primaryKey().default(1),
  bytes: bytes("bytes").notNull(),
  mediaType: text("media_type", { enum: ["image/png"] }).notNull(),
  /** In hex. Its first letters are the logo's version. */
  sha256: text("sha256").notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [check("brand_logo_one_row", sql`${table.slot} = 1`)]);
