import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { moment } from "../../columns.ts";

/** What starts a sequence for a contact: they have the tag, are on the list, or an event names them. */
export type StoredTrigger = { type: "tag" | "list" | "event"; value: string };
/** What ends it for a contact. */
export type StoredGoal = { type: "tag" | "event"; value: string };
/** Without `value`: the contact clicked a link in the previous email. */
export type StoredCondition = { type: "tag"; value: string } | { type: "clicked" };
export type StoredStep = {
  id: string;
  /** From the previous step, or from the start. */
  delayHours: number;
  condition: StoredCondition | null;
  subject: string;
  /** Markdown with merge fields. */
  body: string;
};

/** Emails that each contact gets one after another. */
export const sequences = pgTable("sequences", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  isActive: boolean("is_active").notNull().default(false),
  trigger: jsonb("trigger").$type<StoredTrigger>().notNull(),
  goal: jsonb("goal").$type<StoredGoal>(),
  /** The most emails of sequences that a contact gets in `capDays` days. Null: any number. */
  capEmails: smallint("cap_emails"),
  capDays: smallint("cap_days"),
  steps: jsonb("steps").$type<StoredStep[]>().notNull().default([]),
  /** Increases with each job that works on it. A job with another number is outdated. */
  run: integer("run").notNull().default(0),
  /** When it was started first. Events before don't count. */
  startedAt: moment("started_at"),
  /** Increases with every change. `If-Match` compares it. */
  version: integer("version").notNull().default(1),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [index("sequences_created").on(table.createdAt, table.id)]);

/** A contact's way through a sequence. Each contact goes through it once. */
export const sequenceRuns = pgTable("sequence_runs", {
  id: uuid("id").primaryKey().default(sql`gen_random_uuid()`),
  sequenceId: uuid("sequence_id").notNull().references(() => sequences.id, { onDelete: "cascade" }),
  contactId: uuid("contact_id").notNull(),
  /** Null while it goes on. */
  ending: text("ending", { enum: ["finished", "goal", "unsubscribed", "deleted"] }),
  /** The position of the next step. */
  position: smallint("position").notNull().default(0),
  dueAt: moment("due_at").notNull(),
  deferrals: smallint("deferrals").notNull().default(0),
  startedAt: moment("started_at").notNull(),
  endedAt: moment("ended_at"),
}, (table) => [
  uniqueIndex("sequence_runs_contact").on(table.sequenceId, table.contactId),
  index("sequence_runs_due").on(table.sequenceId, table.dueAt).where(sql`${table.ending} is null`),
  index("sequence_runs_of_contact").on(table.contactId),
]);

/** The emails of sequences. A row is committed before its email leaves, so that no step is sent twice. */
export const sequenceEmails = pgTable("sequence_emails", {
  /** Also the id of the email. */
  id: uuid("id").primaryKey(),
  runId: uuid("run_id").notNull().references(() => sequenceRuns.id, { onDelete: "cascade" }),
  sequenceId: uuid("sequence_id").notNull().references(() => sequences.id, { onDelete: "cascade" }),
  stepId: uuid("step_id").notNull(),
  contactId: uuid("contact_id").notNull(),
  /** `claimed` for long: the process died before it learned the outcome. */
  state: text("state", { enum: ["claimed", "sent", "skipped", "failed", "unknown"] }).notNull(),
  reason: text("reason"),
  claimedAt: moment("claimed_at").notNull(),
  clickedAt: moment("clicked_at"),
  bouncedAt: moment("bounced_at"),
}, (table) => [
  uniqueIndex("sequence_emails_step").on(table.runId, table.stepId),
  index("sequence_emails_figures").on(table.sequenceId, table.stepId, table.state),
  index("sequence_emails_of_contact").on(table.contactId, table.claimedAt),
]);
