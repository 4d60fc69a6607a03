CREATE TABLE "contact_import_rows" (
	"import_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"line" integer NOT NULL,
	"cells" text[] NOT NULL,
	"email" text DEFAULT '' NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"external_id" text,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"fields" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"is_suppressed" boolean DEFAULT false NOT NULL,
	"outcome" text,
	"problem" text,
	"problem_value" text,
	"is_kept" boolean DEFAULT false NOT NULL,
	CONSTRAINT "contact_import_rows_import_id_position_pk" PRIMARY KEY("import_id","position")
);
CREATE TABLE "contact_imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"file_name" text NOT NULL,
	"status" text NOT NULL,
	"headings" text[] DEFAULT '{}' NOT NULL,
	"columns" text[] DEFAULT '{}' NOT NULL,
	"rows" integer DEFAULT 0 NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"counts" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"list_id" uuid,
	"consent_given" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "former_contacts" (
	"email_hash" text PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "contact_import_rows" ADD CONSTRAINT "contact_import_rows_import_id_contact_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "contact_imports"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "contact_import_rows_email" ON "contact_import_rows" USING btree ("import_id","email");
CREATE INDEX "contact_imports_created" ON "contact_imports" USING btree ("created_at","id");
