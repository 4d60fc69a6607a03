CREATE TABLE "control"."custom_domains" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"domain" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"token" text NOT NULL,
	"found" text[] DEFAULT '{}' NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"checked_at" timestamp (3) with time zone,
	"next_check_at" timestamp (3) with time zone NOT NULL,
	"verified_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "custom_domains_of_tenant" UNIQUE("tenant_id","domain")
);
ALTER TABLE "control"."sessions" ADD COLUMN "custom_domain" text;
ALTER TABLE "control"."tenants" ADD COLUMN "primary_domain" text;
ALTER TABLE "control"."custom_domains" ADD CONSTRAINT "custom_domains_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "custom_domains_live" ON "control"."custom_domains" USING btree ("domain") WHERE "control"."custom_domains"."status" in ('verified', 'failing');
CREATE INDEX "custom_domains_next_check" ON "control"."custom_domains" USING btree ("next_check_at");
