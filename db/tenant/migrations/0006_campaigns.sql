CREATE TABLE "campaign_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"campaign_id" uuid NOT NULL,
	"position" smallint NOT NULL,
	"url" text NOT NULL,
	"clicks" integer DEFAULT 0 NOT NULL
);
CREATE TABLE "campaign_recipients" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"campaign_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"reason" text,
	"variant" text,
	"deferrals" smallint DEFAULT 0 NOT NULL,
	"claimed_at" timestamp (3) with time zone,
	"sent_at" timestamp (3) with time zone,
	"clicked_at" timestamp (3) with time zone,
	"opened_at" timestamp (3) with time zone,
	"bounced_at" timestamp (3) with time zone,
	"complained_at" timestamp (3) with time zone,
	"unsubscribed_at" timestamp (3) with time zone
);
CREATE TABLE "campaigns" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"subject" text DEFAULT '' NOT NULL,
	"subject_b" text,
	"body" text DEFAULT '' NOT NULL,
	"segment_id" uuid,
	"status" text DEFAULT 'draft' NOT NULL,
	"pause_reason" text,
	"scheduled_at" timestamp (3) with time zone,
	"window_from" smallint,
	"window_until" smallint,
	"rate_per_hour" integer,
	"test_share" smallint,
	"test_hours" smallint,
	"test_ends_at" timestamp (3) with time zone,
	"winner" text,
	"tracks_opens" boolean DEFAULT false NOT NULL,
	"archive_token" text,
	"run" integer DEFAULT 0 NOT NULL,
	"expanded_to" uuid,
	"expanded_at" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"created_by" uuid,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "campaign_links" ADD CONSTRAINT "campaign_links_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "campaign_recipients" ADD CONSTRAINT "campaign_recipients_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "campaign_links_position" ON "campaign_links" USING btree ("campaign_id","position");
CREATE UNIQUE INDEX "campaign_recipients_contact" ON "campaign_recipients" USING btree ("campaign_id","contact_id");
CREATE INDEX "campaign_recipients_state" ON "campaign_recipients" USING btree ("campaign_id","state","contact_id");
CREATE INDEX "campaign_recipients_of_contact" ON "campaign_recipients" USING btree ("contact_id");
CREATE INDEX "campaigns_created" ON "campaigns" USING btree ("created_at","id");
CREATE INDEX "campaigns_name" ON "campaigns" USING btree ("name" collate "und-x-icu","id");
