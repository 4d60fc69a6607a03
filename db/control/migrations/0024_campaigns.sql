CREATE TABLE "control"."campaign_settings" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"postal_address" text NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "control"."campaign_settings" ADD CONSTRAINT "campaign_settings_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
INSERT INTO "control"."tenant_jobs" ("name", "queue") VALUES ('campaigns.work', 'campaigns');
