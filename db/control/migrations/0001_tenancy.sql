CREATE TABLE "control"."audit_log" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"action" text NOT NULL,
	"actor_id" uuid,
	"actor_name" text,
	"subject_type" text,
	"subject_id" uuid,
	"subject_name" text,
	"details" jsonb,
	"salt" text,
	"content_hash" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_log_sequence_unique" UNIQUE("sequence")
);

--> statement-breakpoint
CREATE TABLE "control"."ready_roles" (
	"name" text PRIMARY KEY NOT NULL
);

--> statement-breakpoint
CREATE TABLE "control"."subdomains" (
	"name" text PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone
);

--> statement-breakpoint
CREATE TABLE "control"."tenant_schemas" (
	"name" text PRIMARY KEY NOT NULL,
	"version" text NOT NULL,
	"checksum" text NOT NULL,
	"migrated_at" timestamp (3) with time zone NOT NULL,
	"claimed_at" timestamp (3) with time zone,
	"failure" text,
	"failed_at" timestamp (3) with time zone
);

--> statement-breakpoint
ALTER TABLE "control"."installation" ADD COLUMN "login" text DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE "control"."tenants" ADD COLUMN "suspended_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "control"."tenants" ADD COLUMN "suspension_reason" text;
--> statement-breakpoint
ALTER TABLE "control"."tenants" ADD COLUMN "deletion_due_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "control"."subdomains" ADD CONSTRAINT "subdomains_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "audit_log_subject" ON "control"."audit_log" USING btree ("subject_id","sequence");
--> statement-breakpoint
CREATE INDEX "subdomains_tenant" ON "control"."subdomains" USING btree ("tenant_id");
--> statement-breakpoint
CREATE INDEX "tenant_schemas_ready" ON "control"."tenant_schemas" USING btree ("name") WHERE "control"."tenant_schemas"."claimed_at" is null;
--> statement-breakpoint
CREATE INDEX "tenants_created" ON "control"."tenants" USING btree ("created_at","id");
--> statement-breakpoint
CREATE INDEX "tenants_deletion_due" ON "control"."tenants" USING btree ("deletion_due_at") WHERE "control"."tenants"."deletion_due_at" is not null;
--> statement-breakpoint
-- What is there already moves into the new tables. Until here every schema had the first migration and no other.
INSERT INTO "control"."subdomains" ("name", "tenant_id") SELECT "subdomain", "id" FROM "control"."tenants";
--> statement-breakpoint
INSERT INTO "control"."tenant_schemas" ("name", "version", "checksum", "migrated_at", "claimed_at")
  SELECT t."schema_name", m."version", encode(sha256(convert_to(m."checksum", 'UTF8')), 'hex'), m."applied_at", t."created_at"
  FROM "control"."tenants" t JOIN "control"."tenant_migrations" m ON m."tenant_id" = t."id";
--> statement-breakpoint
DROP TABLE "control"."tenant_migrations";
