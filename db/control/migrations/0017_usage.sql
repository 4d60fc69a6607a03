CREATE TABLE "control"."usage_events" (
	"tenant_id" uuid NOT NULL,
	"metric" text NOT NULL,
	"key" text NOT NULL,
	"value" bigint NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_events_tenant_id_metric_key_pk" PRIMARY KEY("tenant_id","metric","key")
);
CREATE TABLE "control"."usage_hours" (
	"tenant_id" uuid NOT NULL,
	"metric" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"total" bigint NOT NULL,
	"reported" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "usage_hours_tenant_id_metric_hour_pk" PRIMARY KEY("tenant_id","metric","hour")
);
ALTER TABLE "control"."usage_hours" ADD CONSTRAINT "usage_hours_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "usage_events_occurred" ON "control"."usage_events" USING btree ("occurred_at");
CREATE INDEX "usage_hours_unreported" ON "control"."usage_hours" USING btree ("tenant_id","hour") WHERE "control"."usage_hours"."total" <> "control"."usage_hours"."reported";
