import { sql } from "drizzle-orm";
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
import { moment } from "../../columns.ts";
import type { UserId } from "../../ids.ts";

/** What became of a campaign's emails. `sent + skipped + failed + unknown + waiting = recipients`. */
export type CampaignStats = {
  recipients: number;
  waiting: number;
  sent: number;
  skipped: number;
  failed: number;
  unknown: number;
  bounced: number;
  complained: number;
  unsubscribed: number;
  clicked: number;
  opened: number;
};

/** Emails that the workspace writes once and sends to many contacts. */
export const campaigns = pgTable("campaigns", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  subject: text("subject").notNull().default(""),
  /** The other subject of a test. Null: there is no test. */
  subjectB: text("subject_b"),
  /** Markdown with merge fields. */
  body: text("body").notNull().default(""),
  /** Null: every contact. It isn't a foreign key: a campaign whose segment is gone must not go to everybody. */
  segmentId: uuid("segment_id"),
  status: text("status", {
    enum: ["draft", "scheduled", "missed", "sending", "paused", "sent", "canceled"],
  }).notNull().default("draft"),
  /** Why the product itself paused it. Null: a person did. */
  pauseReason: text("pause_reason", { enum: ["limit", "plan", "content"] }),
  scheduledAt: moment("scheduled_at"),
  /** Hours of the workspace's day, from 0 to 24, between which emails go out. Null: at any time. */
  windowFrom: smallint("window_from"),
  windowUntil: smallint("window_until"),
  ratePerHour: integer("rate_per_hour"),
  /** Percent of the recipients who get one of the two subjects first. */
  testShare: smallint("test_share"),
  testHours: smallint("test_hours"),
  testEndsAt: moment("test_ends_at"),
  winner: text("winner", { enum: ["a", "b"] }),
  tracksOpens: boolean("tracks_opens").notNull().default(false),
  /** The secret part of the public page's address. Null: there is no page. */
  archiveToken: text("archive_token"),
  /** Increases with each job that works on it. A job with another number is outdated. */
  run: integer("run").notNull().default(0),
  /** The last contact who became a recipient. */
  expandedTo: uuid("expanded_to"),
  expandedAt: moment("expanded_at"),
  startedAt: moment("started_at"),
  endedAt: moment("ended_at"),
  /** The figures of a campaign that ended. Null: count them. */
  counted: jsonb("counted").$type<CampaignStats>(),
  createdBy: uuid("created_by").$type<UserId>(),
  /** Increases with every change. `If-Match` compares it. */
  version: integer("version").notNull().default(1),
  createdAt: moment("created_at").notNull(),
  updatedAt: moment("updated_at").notNull(),
}, (table) => [
  index("campaigns_created").on(table.createdAt, table.id),
  index("campaigns_name").on(sql`${table.name} collate "und-x-icu"`, table.id),
]);

/** Who gets a campaign, and what became of each email. A row outlives its contact, so that the figures stay. */
export const campaignRecipients = pgTable("campaign_recipients", {
  /** Also the id of the email. */
  id: uuid("id").primaryKey().default(sql`gen_random_uuid()`),
  campaignId: uuid("campaign_id").notNull().references(() => campaigns.id, { onDelete: "cascade" }),
  contactId: uuid("contact_id").notNull(),
  /** `claimed` is committed before the email leaves. `unknown`: the process died before it learned the outcome. */
  state: text("state", { enum: ["waiting", "claimed", "sent", "skipped", "failed", "unknown"] }).notNull()
    .default("waiting"),
  /** Why it was skipped or failed. */
  reason: text("reason"),
  /** The subject: of the test, or null for the winner's. */
  variant: text("variant", { enum: ["a", "b"] }),
  /** How often the email server has put the email off. */
  deferrals: smallint("deferrals").notNull().default(0),
  /** When an email that was put off is tried again. */
  dueAt: moment("due_at"),
  claimedAt: moment("claimed_at"),
  sentAt: moment("sent_at"),
  clickedAt: moment("clicked_at"),
  openedAt: moment("opened_at"),
  bouncedAt: moment("bounced_at"),
  complainedAt: moment("complained_at"),
  unsubscribedAt: moment("unsubscribed_at"),
}, (table) => [
  uniqueIndex("campaign_recipients_contact").on(table.campaignId, table.contactId),
  index("campaign_recipients_state").on(table.campaignId, table.state, table.contactId),
  index("campaign_recipients_due").on(table.campaignId, table.dueAt)
    .where(sql`${table.state} = 'waiting' and ${table.dueAt} is not null`),
  index("campaign_recipients_of_contact").on(table.contactId),
]);

/** The targets of a campaign's links. Emails carry a token instead, so nobody can make one that leads elsewhere. */
export const campaignLinks = pgTable("campaign_links", {
  id: uuid("id").primaryKey(),
  campaignId: uuid("campaign_id").notNull().references(() => campaigns.id, { onDelete: "cascade" }),
  position: smallint("position").notNull(),
  /** May contain merge fields. */
  url: text("url").notNull(),
  clicks: integer("clicks").notNull().default(0),
}, (table) => [uniqueIndex("campaign_links_position").on(table.campaignId, table.position)]);
