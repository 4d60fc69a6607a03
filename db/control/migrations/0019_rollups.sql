-- Figures of analytics events by day and by person, the time zones that days are in, and saved reports: see db/stream.
CREATE TABLE "control"."running_reports" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"run" uuid NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "control"."saved_reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"query" jsonb NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"link_hash" text,
	"link_expires_at" timestamp (3) with time zone,
	CONSTRAINT "saved_reports_link_hash_unique" UNIQUE("link_hash")
);
CREATE TABLE "stream"."analytics_changes" (
	"tenant_id" uuid NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "stream"."analytics_changes" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON "stream"."analytics_changes" TO PUBLIC;
CREATE TABLE "stream"."analytics_daily" (
	"tenant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"event" text NOT NULL,
	"events" bigint NOT NULL,
	CONSTRAINT "analytics_daily_tenant_id_day_event_pk" PRIMARY KEY("tenant_id","day","event")
);
ALTER TABLE "stream"."analytics_daily" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON "stream"."analytics_daily" TO PUBLIC;
CREATE TABLE "stream"."analytics_rollups" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"rolled_up_at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "stream"."analytics_rollups" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON "stream"."analytics_rollups" TO PUBLIC;
CREATE TABLE "stream"."analytics_user_months" (
	"tenant_id" uuid NOT NULL,
	"month" date NOT NULL,
	"user_id" text NOT NULL,
	"days" integer NOT NULL,
	CONSTRAINT "analytics_user_months_tenant_id_month_user_id_pk" PRIMARY KEY("tenant_id","month","user_id")
);
ALTER TABLE "stream"."analytics_user_months" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON "stream"."analytics_user_months" TO PUBLIC;
ALTER TABLE "control"."tenants" ADD COLUMN "time_zones" jsonb DEFAULT '[]'::jsonb NOT NULL;
ALTER TABLE "control"."running_reports" ADD CONSTRAINT "running_reports_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."saved_reports" ADD CONSTRAINT "saved_reports_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."saved_reports" ADD CONSTRAINT "saved_reports_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "control"."users"("id") ON DELETE set null ON UPDATE no action;
CREATE INDEX "saved_reports_tenant" ON "control"."saved_reports" USING btree ("tenant_id","created_at","id");
CREATE INDEX "saved_reports_created_by" ON "control"."saved_reports" USING btree ("created_by");
CREATE INDEX "analytics_changes_hour" ON "stream"."analytics_changes" USING btree ("tenant_id","hour");
CREATE POLICY "own_rows" ON "stream"."analytics_changes" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = (select control.tenant_id_of(current_user)));
CREATE POLICY "own_rows" ON "stream"."analytics_daily" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = (select control.tenant_id_of(current_user)));
CREATE POLICY "own_rows" ON "stream"."analytics_rollups" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = (select control.tenant_id_of(current_user)));
CREATE POLICY "own_rows" ON "stream"."analytics_user_months" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = (select control.tenant_id_of(current_user)));
