CREATE TABLE "brand_logo" (
	"slot" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"bytes" "bytea" NOT NULL,
	"media_type" text NOT NULL,
	"sha256" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "brand_logo_one_row" CHECK ("brand_logo"."slot" = 1)
);
ALTER TABLE "projects" ADD COLUMN "is_sample" boolean DEFAULT false NOT NULL;
CREATE INDEX "audit_log_subject" ON "audit_log" USING btree ("subject_id","sequence");
