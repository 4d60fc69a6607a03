-- What people did, partitioned by month, and the ids that senders gave: see db/stream.
CREATE SEQUENCE "stream"."analytics_event_order" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;
CREATE TABLE "control"."analytics_positions" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"last_id" uuid NOT NULL
);
CREATE TABLE "control"."analytics_sources" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"publishable_key" text NOT NULL,
	"origins" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "analytics_sources_publishable_key_unique" UNIQUE("publishable_key")
);
CREATE TABLE "stream"."analytics_event_ids" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "analytics_event_ids_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
ALTER TABLE "stream"."analytics_event_ids" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON "stream"."analytics_event_ids" TO PUBLIC;
CREATE TABLE "stream"."analytics_events" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"sequence" bigint DEFAULT nextval('stream.analytics_event_order') NOT NULL,
	"event" text NOT NULL,
	"user_id" text,
	"properties" jsonb NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "analytics_events_tenant_id_occurred_at_sequence_pk" PRIMARY KEY("tenant_id","occurred_at","sequence")
) PARTITION BY RANGE ("occurred_at");
CREATE TABLE "stream"."analytics_events_default" PARTITION OF "stream"."analytics_events" DEFAULT;
ALTER TABLE "stream"."analytics_events" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE "stream"."analytics_events_default" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON "stream"."analytics_events" TO PUBLIC;
ALTER TABLE "control"."analytics_positions" ADD CONSTRAINT "analytics_positions_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."analytics_sources" ADD CONSTRAINT "analytics_sources_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "analytics_event_ids_received" ON "stream"."analytics_event_ids" USING btree ("received_at");
CREATE INDEX "analytics_events_name" ON "stream"."analytics_events" USING btree ("tenant_id","event","occurred_at");
CREATE INDEX "analytics_events_received" ON "stream"."analytics_events" USING brin ("received_at");
CREATE POLICY "own_rows" ON "stream"."analytics_event_ids" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = (select control.tenant_id_of(current_user)));
CREATE POLICY "own_rows" ON "stream"."analytics_events" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = (select control.tenant_id_of(current_user)));
