CREATE TABLE "control"."news_sender" (
	"name" text PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"synced_at" timestamp (3) with time zone,
	"is_full" boolean DEFAULT false NOT NULL,
	CONSTRAINT "news_sender_tenant_id_unique" UNIQUE("tenant_id")
);
ALTER TABLE "control"."announcements" ADD COLUMN "sender_id" uuid;
ALTER TABLE "control"."news_sender" ADD CONSTRAINT "news_sender_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."announcements" ADD CONSTRAINT "announcements_sender_id_tenants_id_fk" FOREIGN KEY ("sender_id") REFERENCES "control"."tenants"("id") ON DELETE set null ON UPDATE no action;
CREATE INDEX "announcements_sender" ON "control"."announcements" USING btree ("sender_id") WHERE "control"."announcements"."sender_id" is not null;
