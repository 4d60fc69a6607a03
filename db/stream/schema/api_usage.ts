import { bigint, date, primaryKey, uuid } from "drizzle-orm/pg-core";
import type { TenantId } from "../../ids.ts";
import { ownRows, stream } from "./stream.ts";

/** API calls per day (UTC). Each process counts them in memory and adds them in batches. */
export const apiUsage = stream.table("api_usage", {
  tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
  day: date("day").notNull(),
  calls: bigint("calls", { mode: "number" }).notNull(),
}, (table) => [primaryKey({ columns: [table.tenantId, table.day] }), ownRows()]);
