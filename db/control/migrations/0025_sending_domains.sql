CREATE TABLE "control"."sending_domains" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"domain" text NOT NULL,
	"sender" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"selector" text NOT NULL,
	"public_key" text NOT NULL,
	"sealed_private_key" text NOT NULL,
	"receives_bounces" boolean DEFAULT false NOT NULL,
	"findings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"checked_at" timestamp (3) with time zone,
	"next_check_at" timestamp (3) with time zone NOT NULL,
	"verified_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sending_domains_tenant_id_unique" UNIQUE("tenant_id")
);
ALTER TABLE "control"."sending_domains" ADD CONSTRAINT "sending_domains_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "sending_domains_verified" ON "control"."sending_domains" USING btree ("domain") WHERE "control"."sending_domains"."status" = 'verified';
CREATE INDEX "sending_domains_next_check" ON "control"."sending_domains" USING btree ("next_check_at");
