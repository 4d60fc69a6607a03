import { sql } from "drizzle-orm";
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";

/** The people that the workspace sends campaigns to. */
export const contacts = pgTable("contacts", {
  id: uuid("id").primaryKey(),
  /** Lower case. */
  email: text("email").notNull(),
  name: text("name").notNull().default(""),
  /** The person's id in the workspace's own product, which its events carry as `user_id`. */
  externalId: text("external_id"),
  /** The workspace's own fields, by key. */
  fields: jsonb("fields").$type<Record<string, string>>().notNull().default({}),
  /** Lower case, each once. */
  tags: text("tags").array().notNull().default([]),
  listIds: uuid("list_ids").array().notNull().default([]),
  /** After `withdrawn`, only the person can give consent again. */
  consent: text("consent", { enum: ["none", "given", "withdrawn"] }).notNull().default("none"),
  /** When the consent last changed. */
  consentAt: moment("consent_at"),
  /** Increases with every change. `If-Match` compares it. */
  version: integer("version").notNull().default(1),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [
  uniqueIndex("contacts_email").on(table.email),
  uniqueIndex("contacts_external_id").on(table.externalId),
  index("contacts_name").on(sql`${table.name} collate "und-x-icu"`, table.id),
  index("contacts_created").on(table.createdAt, table.id),
  index("contacts_tags").using("gin", table.tags),
  index("contacts_lists").using("gin", table.listIds),
]);

export const contactLists = pgTable("contact_lists", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  description: text("description").notNull().default(""),
  createdAt: moment("created_at").notNull(),
});

/** What a contact agreed to or withdrew, and how. Rows are only added. */
export const consentRecords = pgTable("consent_records", {
  id: uuid("id").primaryKey(),
  contactId: uuid("contact_id").notNull().references(() => contacts.id, { onDelete: "cascade" }),
  kind: text("kind", { enum: ["requested", "given", "withdrawn"] }).notNull(),
  source: text("source", { enum: ["form", "import", "api", "member", "person", "complaint", "account"] })
    .notNull(),
  /** The form's question, the import's file, or the member's note. */
  detail: text("detail").notNull().default(""),
  at: moment("at").notNull(),
}, (table) => [index("consent_records_contact").on(table.contactId, table.at)]);

/** A saved selection of contacts. */
export const segments = pgTable("segments", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  /** Checked by `src/contacts/segment_filter.ts`. */
  filter: jsonb("filter").$type<unknown>().notNull(),
  version: integer("version").notNull().default(1),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [index("segments_name").on(sql`${table.name} collate "und-x-icu"`, table.id)]);

/** People who are no contacts any more, and must not become subscribers by anyone's doing but their own. */
export const formerContacts = pgTable("former_contacts", {
  /** See `formerHash` in src/contacts/former_contacts.ts. */
  emailHash: text("email_hash").primaryKey(),
  /** `erased` by the person, or `unsubscribed` before a member deleted them or changed their address. */
  reason: text("reason", { enum: ["erased", "unsubscribed"] }).notNull(),
  at: moment("at").notNull(),
});

/** A file of contacts, from its upload to its last row. */
export const contactImports = pgTable("contact_imports", {
  id: uuid("id").primaryKey(),
  fileName: text("file_name").notNull(),
  /** `reading` while the file arrives, and `stopped` where the plan's limit ended it. */
  status: text("status", { enum: ["reading", "ready", "running", "stopped", "done"] }).notNull(),
  headings: text("headings").array().notNull().default([]),
  /** What each column holds. See src/contacts/imports/columns.ts. */
  columns: text("columns").array().notNull().default([]),
  rows: integer("rows").notNull().default(0),
  /** The rows that are applied. */
  position: integer("position").notNull().default(0),
  /** The outcomes: as the check expects them, then as they came about. */
  counts: jsonb("counts").$type<Record<string, number>>().notNull().default({}),
  tags: text("tags").array().notNull().default([]),
  listId: uuid("list_id"),
  /** How the people on the list gave consent. Empty if they gave none. */
  consentGiven: text("consent_given").notNull().default(""),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [index("contact_imports_created").on(table.createdAt, table.id)]);

/** The rows of a file until they are applied, as its columns say. */
export const contactImportRows = pgTable("contact_import_rows", {
  importId: uuid("import_id").notNull().references(() => contactImports.id, { onDelete: "cascade" }),
  /** From 1. */
  position: integer("position").notNull(),
  /** The line of the file on which the row starts. */
  line: integer("line").notNull(),
  cells: text("cells").array().notNull(),
  email: text("email").notNull().default(""),
  name: text("name").notNull().default(""),
  externalId: text("external_id"),
  tags: text("tags").array().notNull().default([]),
  fields: jsonb("fields").$type<Record<string, string>>().notNull().default({}),
  /** Whether the address is suppressed, so that the row gives no consent. */
  isSuppressed: boolean("is_suppressed").notNull().default(false),
  /** Null for a row that is imported. */
  outcome: text("outcome", { enum: ["merged", "refused"] }),
  /** Why the row is refused: the code of a problem, and a value in its text. */
  problem: text("problem"),
  problemValue: text("problem_value"),
  /** Whether the row would give consent to somebody who unsubscribed or is suppressed. */
  isKept: boolean("is_kept").notNull().default(false),
}, (table) => [
  primaryKey({ columns: [table.importId, table.position] }),
  index("contact_import_rows_email").on(table.importId, table.email),
]);
