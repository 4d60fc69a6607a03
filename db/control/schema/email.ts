import { index, jsonb, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId, UserId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";
import { users } from "./users.ts";

/** The categories of email that a user turned off. */
export const emailOptOuts = control.table("email_opt_outs", {
  userId: uuid("user_id").$type<UserId>().notNull().references(() => users.id, { onDelete: "cascade" }),
  category: text("category").notNull(),
  createdAt: moment("created_at").notNull(),
}, (table) => [primaryKey({ columns: [table.userId, table.category] })]);

/** Addresses that get no email, because an email bounced or was marked as spam, or because staff added the address. */
export const suppressedAddresses = control.table("suppressed_addresses", {
  id: uuid("id").primaryKey(),
  /** Lower case. */
  address: text("address").notNull().unique(),
  reason: text("reason", { enum: ["bounce", "complaint", "manual"] }).notNull(),
  /** The mail server's reply, or a note by staff. */
  detail: text("detail").notNull(),
  /** The tenants whose campaigns the address doesn't get. Null: it gets no email from anyone. */
  tenantIds: uuid("tenant_ids").array().$type<TenantId[]>(),
  createdAt: moment("created_at").notNull(),
}, (table) => [index("suppressed_addresses_created").on(table.createdAt, table.id)]);

/** The newest captured emails if no mail server is configured. Always empty in production. */
export const mailboxMessages = control.table("mailbox_messages", {
  id: uuid("id").primaryKey(),
  at: moment("at").notNull(),
  channel: text("channel", { enum: ["email", "sms"] }).notNull().default("email"),
  toName: text("to_name").notNull(),
  /** Lower case, or the number of a phone. */
  toAddress: text("to_address").notNull(),
  fromName: text("from_name").notNull(),
  fromAddress: text("from_address").notNull(),
  subject: text("subject").notNull(),
  html: text("html").notNull(),
  text: text("text").notNull(),
  headers: jsonb("headers").$type<Record<string, string>>().notNull(),
  tenantId: uuid("tenant_id").$type<TenantId>().references(() => tenants.id, { onDelete: "cascade" }),
  /** The email's name, such as `invitation`. */
  message: text("message").notNull(),
}, (table) => [
  index("mailbox_messages_newest").on(table.at, table.id),
  index("mailbox_messages_to").on(table.toAddress, table.at, table.id),
  index("mailbox_messages_tenant").on(table.tenantId),
]);
