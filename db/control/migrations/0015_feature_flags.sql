CREATE TABLE "control"."flags" (
	"name" text PRIMARY KEY NOT NULL,
	"percentage" smallint NOT NULL,
	"plans" jsonb NOT NULL,
	"on_for" jsonb NOT NULL,
	"off_for" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
