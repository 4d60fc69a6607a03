CREATE TABLE "consent_records" (
	"id" uuid PRIMARY KEY NOT NULL,
	"contact_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"detail" text DEFAULT '' NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "contact_lists" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "contacts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"external_id" text,
	"fields" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"list_ids" uuid[] DEFAULT '{}' NOT NULL,
	"consent" text DEFAULT 'none' NOT NULL,
	"consent_at" timestamp (3) with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "segments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"filter" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "consent_records" ADD CONSTRAINT "consent_records_contact_id_contacts_id_fk" FOREIGN KEY ("contact_id") REFERENCES "contacts"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "consent_records_contact" ON "consent_records" USING btree ("contact_id","at");
CREATE UNIQUE INDEX "contacts_email" ON "contacts" USING btree ("email");
CREATE UNIQUE INDEX "contacts_external_id" ON "contacts" USING btree ("external_id");
CREATE INDEX "contacts_name" ON "contacts" USING btree ("name" collate "und-x-icu","id");
CREATE INDEX "contacts_created" ON "contacts" USING btree ("created_at","id");
CREATE INDEX "contacts_tags" ON "contacts" USING gin ("tags");
CREATE INDEX "contacts_lists" ON "contacts" USING gin ("list_ids");
CREATE INDEX "segments_name" ON "segments" USING btree ("name" collate "und-x-icu","id");
