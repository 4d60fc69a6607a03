import { text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/** What holds for all of a tenant's campaigns. */
export const campaignSettings = control.table("campaign_settings", {
  tenantId: uuid("tenant_id").$type<TenantId>().primaryKey().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** The postal address in every email's footer, which anti-spam laws ask for. */
  postalAddress: text("postal_address").notNull(),
  updatedAt: moment("updated_at").notNull(),
});
