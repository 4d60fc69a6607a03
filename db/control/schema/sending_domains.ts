import { sql } from "drizzle-orm";
import { boolean, index, jsonb, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/** What the last check found at a record's name, by the record's purpose. */
export type StoredFindings = Partial<Record<"dkim" | "spf" | "mx" | "dmarc", string[]>>;

/** The domain that a tenant's campaigns come from. A tenant has at most one. */
export const sendingDomains = control.table("sending_domains", {
  id: uuid("id").primaryKey(),
  tenantId: uuid("tenant_id").$type<TenantId>().notNull().unique().references(() => tenants.id, {
    onDelete: "cascade",
  }),
  /** In lower case and ASCII. Several tenants may enter a domain; only one can have it verified. */
  domain: text("domain").notNull(),
  /** The part of the From address before the @. */
  sender: text("sender").notNull(),
  /** `lost`: it was verified, but its DKIM record has changed or stayed missing since. */
  status: text("status", { enum: ["pending", "verified", "lost"] }).notNull().default("pending"),
  /** Random, so that it proves who published the DKIM record. */
  selector: text("selector").notNull(),
  /** The DKIM key as the record has it: SPKI in base64. */
  publicKey: text("public_key").notNull(),
  sealedPrivateKey: text("sealed_private_key").notNull(),
  /** When a check first missed the DKIM record of a verified domain. Null: the last check found it. */
  missingSince: moment("missing_since"),
  /** Whether bounces can go to a host of the domain. */
  receivesBounces: boolean("receives_bounces").notNull().default(false),
  findings: jsonb("findings").$type<StoredFindings>().notNull().default({}),
  checkedAt: moment("checked_at"),
  nextCheckAt: moment("next_check_at").notNull(),
  verifiedAt: moment("verified_at"),
  createdAt: moment("created_at").notNull(),
}, (table) => [
  uniqueIndex("sending_domains_verified").on(table.domain).where(sql`${table.status} = 'verified'`),
  index("sending_domains_next_check").on(table.nextCheckAt),
]);
