import { jsonb, smallint, text } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { control } from "./control.ts";

/** Whom each feature flag is on for, once staff have changed it. */
export const flags = control.table("flags", {
  name: text("name").primaryKey(),
  /** The share of tenants, from 0 to 100. */
  percentage: smallint("percentage").notNull(),
  /** The keys of the plans for which it is on. */
  plans: jsonb("plans").$type<string[]>().notNull(),
  onFor: jsonb("on_for").$type<TenantId[]>().notNull(),
  offFor: jsonb("off_for").$type<TenantId[]>().notNull(),
  updatedAt: moment("updated_at").notNull(),
});
