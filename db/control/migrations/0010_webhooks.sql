CREATE TABLE "control"."webhook_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"event_id" uuid NOT NULL,
	"event" text NOT NULL,
	"status" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"series_start" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"response_status" smallint,
	"error" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
CREATE TABLE "control"."webhook_endpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"url" text NOT NULL,
	"description" text NOT NULL,
	"events" jsonb NOT NULL,
	"sealed_headers" text,
	"rate_limit" smallint,
	"next_slot_at" timestamp (3) with time zone,
	"sealed_secret" text NOT NULL,
	"sealed_previous_secret" text,
	"previous_secret_until" timestamp (3) with time zone,
	"status" text NOT NULL,
	"disabled_reason" text,
	"disabled_at" timestamp (3) with time zone,
	"failing_since" timestamp (3) with time zone,
	"failure_told_at" timestamp (3) with time zone,
	"last_chance_at" timestamp (3) with time zone,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "control"."webhook_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"type" text NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "stream"."webhook_attempts" (
	"tenant_id" uuid NOT NULL,
	"delivery_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"request_headers" jsonb NOT NULL,
	"response_status" smallint,
	"response_headers" jsonb,
	"response_body" text,
	"error" text,
	CONSTRAINT "webhook_attempts_tenant_id_delivery_id_number_at_pk" PRIMARY KEY("tenant_id","delivery_id","number","at")
) PARTITION BY RANGE ("at");
CREATE TABLE "stream"."webhook_attempts_default" PARTITION OF "stream"."webhook_attempts" DEFAULT;
ALTER TABLE "stream"."webhook_attempts" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE "stream"."webhook_attempts_default" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON "stream"."webhook_attempts" TO PUBLIC;
ALTER TABLE "control"."outbox" drop column "partition_key";
ALTER TABLE "control"."outbox" ADD COLUMN "partition" uuid;
ALTER TABLE "control"."outbox" ADD COLUMN "partition_key" uuid GENERATED ALWAYS AS (coalesce(partition, tenant_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)) STORED NOT NULL;
-- The indexes went with the column.
CREATE UNIQUE INDEX "outbox_key" ON "control"."outbox" USING btree ("partition_key","key") WHERE "control"."outbox"."key" is not null;
CREATE INDEX "outbox_ready" ON "control"."outbox" USING btree ("queue","partition_key","priority","run_at","id") WHERE "control"."outbox"."state" = 'ready';
CREATE INDEX "outbox_in_progress" ON "control"."outbox" USING btree ("queue","partition_key") WHERE "control"."outbox"."state" in ('dispatched', 'running');
ALTER TABLE "control"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_id_webhook_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "control"."webhook_endpoints"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_event_id_webhook_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "control"."webhook_events"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "control"."users"("id") ON DELETE set null ON UPDATE no action;
ALTER TABLE "control"."webhook_events" ADD CONSTRAINT "webhook_events_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "webhook_deliveries_event" ON "control"."webhook_deliveries" USING btree ("event_id","endpoint_id");
CREATE INDEX "webhook_deliveries_tenant" ON "control"."webhook_deliveries" USING btree ("tenant_id","created_at","id");
CREATE INDEX "webhook_deliveries_endpoint" ON "control"."webhook_deliveries" USING btree ("endpoint_id","created_at","id");
CREATE INDEX "webhook_deliveries_pending" ON "control"."webhook_deliveries" USING btree ("endpoint_id") WHERE "control"."webhook_deliveries"."status" = 'pending';
CREATE INDEX "webhook_endpoints_tenant" ON "control"."webhook_endpoints" USING btree ("tenant_id","created_at","id");
CREATE INDEX "webhook_endpoints_creator" ON "control"."webhook_endpoints" USING btree ("created_by") WHERE "control"."webhook_endpoints"."created_by" is not null;
CREATE INDEX "webhook_events_tenant" ON "control"."webhook_events" USING btree ("tenant_id");
CREATE INDEX "webhook_events_created" ON "control"."webhook_events" USING btree ("created_at");
CREATE POLICY "own_rows" ON "stream"."webhook_attempts" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = (select control.tenant_id_of(current_user)));

-- Jobs in a partition of their own. jobs: [{id, queue, name, payload, tenant_id, partition, priority, key, run_at, created_at}].
-- A tenant's role can't choose a partition.
CREATE OR REPLACE FUNCTION "jobs"."enqueue"("jobs" jsonb) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  is_tenant boolean := acting LIKE 'tenant\_%';
  own uuid;
BEGIN
  IF is_tenant THEN
    SELECT t.id INTO own FROM control.tenants t WHERE t.schema_name = acting;
    PERFORM control.check_tenant_jobs(own, jobs);
  ELSIF session_user <> current_user AND NOT EXISTS (SELECT FROM control.installation i WHERE i.login = session_user) THEN
    RAISE EXCEPTION 'This login enqueues no jobs.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
    INSERT INTO control.outbox (id, queue, name, payload, tenant_id, partition, state, priority, key, run_at, created_at)
    SELECT CASE WHEN is_tenant THEN control.new_id() ELSE j.id END, CASE WHEN is_tenant THEN a.queue ELSE j.queue END,
      j.name, j.payload, j.tenant_id, CASE WHEN is_tenant THEN NULL ELSE j.partition END, CASE WHEN j.run_at > j.created_at THEN 'waiting' ELSE 'ready' END,
      j.priority, CASE WHEN is_tenant THEN 'tenant: ' || j.key ELSE j.key END, j.run_at, j.created_at
    FROM jsonb_to_recordset(jobs) AS j(id uuid, queue text, name text, payload jsonb, tenant_id uuid, partition uuid,
      priority smallint, key text, run_at timestamptz, created_at timestamptz)
    LEFT JOIN control.tenant_jobs a ON is_tenant AND a.name = j.name
    ON CONFLICT (partition_key, key) WHERE key IS NOT NULL DO NOTHING
    RETURNING outbox.id;
END $$;

-- Enqueues the job that gets an event to everyone who listens, if the tenant has a webhook endpoint. A tenant's role names no
-- schema: the tenant is its own.
INSERT INTO "control"."tenant_jobs" ("name", "queue") VALUES ('webhooks.fan_out', 'webhooks');
CREATE FUNCTION "jobs"."fan_out"("tenant_schema" text, "job" jsonb) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  own uuid;
BEGIN
  SELECT t.id INTO own FROM control.tenants t
  WHERE t.schema_name = CASE WHEN acting LIKE 'tenant\_%' THEN acting ELSE tenant_schema END
    AND EXISTS (SELECT FROM control.webhook_endpoints e WHERE e.tenant_id = t.id);
  IF own IS NOT NULL THEN
    RETURN QUERY SELECT jobs.enqueue(jsonb_build_array(job || jsonb_build_object('tenant_id', own)));
  END IF;
END $$;
