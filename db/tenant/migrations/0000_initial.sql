CREATE TABLE "daily_metrics" (
	"day" date NOT NULL,
	"metric" text NOT NULL,
	"value" bigint NOT NULL,
	CONSTRAINT "daily_metrics_day_metric_pk" PRIMARY KEY("day","metric")
);

CREATE TABLE "audit_log" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"action" text NOT NULL,
	"actor_id" uuid,
	"actor_name" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" uuid,
	"subject_name" text NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"salt" text NOT NULL,
	"content_hash" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_log_sequence_unique" UNIQUE("sequence")
);

CREATE TABLE "projects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"owner_id" uuid,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "limit_counters" (
	"limit" text PRIMARY KEY NOT NULL,
	"used" bigint NOT NULL
);

CREATE INDEX "audit_log_at" ON "audit_log" USING btree ("at","id");
CREATE INDEX "projects_name" ON "projects" USING btree ("name" collate "und-x-icu","id");
CREATE INDEX "projects_created" ON "projects" USING btree ("created_at","id");
CREATE INDEX "projects_updated" ON "projects" USING btree ("updated_at","id");
