CREATE TABLE "sequence_emails" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"sequence_id" uuid NOT NULL,
	"step_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"claimed_at" timestamp (3) with time zone NOT NULL,
	"clicked_at" timestamp (3) with time zone,
	"bounced_at" timestamp (3) with time zone
);
CREATE TABLE "sequence_runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"sequence_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"ending" text,
	"position" smallint DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"deferrals" smallint DEFAULT 0 NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
CREATE TABLE "sequences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"is_active" boolean DEFAULT false NOT NULL,
	"trigger" jsonb NOT NULL,
	"goal" jsonb,
	"cap_emails" smallint,
	"cap_days" smallint,
	"steps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"run" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "sequence_emails" ADD CONSTRAINT "sequence_emails_run_id_sequence_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "sequence_runs"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "sequence_emails" ADD CONSTRAINT "sequence_emails_sequence_id_sequences_id_fk" FOREIGN KEY ("sequence_id") REFERENCES "sequences"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "sequence_runs" ADD CONSTRAINT "sequence_runs_sequence_id_sequences_id_fk" FOREIGN KEY ("sequence_id") REFERENCES "sequences"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "sequence_emails_step" ON "sequence_emails" USING btree ("run_id","step_id");
CREATE INDEX "sequence_emails_figures" ON "sequence_emails" USING btree ("sequence_id","step_id","state");
CREATE INDEX "sequence_emails_of_contact" ON "sequence_emails" USING btree ("contact_id","claimed_at");
CREATE UNIQUE INDEX "sequence_runs_contact" ON "sequence_runs" USING btree ("sequence_id","contact_id");
CREATE INDEX "sequence_runs_due" ON "sequence_runs" USING btree ("sequence_id","due_at") WHERE "sequence_runs"."ending" is null;
CREATE INDEX "sequence_runs_of_contact" ON "sequence_runs" USING btree ("contact_id");
CREATE INDEX "sequences_created" ON "sequences" USING btree ("created_at","id");
