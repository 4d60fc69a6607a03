CREATE TABLE "control"."count_writers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"last_batch" bigint NOT NULL,
	"written_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "control"."event_positions" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"last_id" uuid NOT NULL,
	"deleted_id" uuid
);
CREATE TABLE "control"."published_events" (
	"tenant_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"event" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "published_events_tenant_id_id_pk" PRIMARY KEY("tenant_id","id")
);
ALTER TABLE "control"."tenants" ADD COLUMN "resumed_at" timestamp (3) with time zone;
ALTER TABLE "control"."event_positions" ADD CONSTRAINT "event_positions_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."published_events" ADD CONSTRAINT "published_events_tenant_id_event_positions_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."event_positions"("tenant_id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "count_writers_written" ON "control"."count_writers" USING btree ("written_at");
CREATE INDEX "published_events_created" ON "control"."published_events" USING btree ("created_at");

-- The UUID after this one, which is a UUIDv7 as well: its last 48 bits are random, so they have room to grow.
CREATE FUNCTION "control"."id_after"("id" uuid) RETURNS uuid LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT (left(id::text, 24) || lpad(to_hex(('x' || right(id::text, 12))::bit(48)::bigint + 1), 12, '0'))::uuid
$$;
REVOKE EXECUTE ON FUNCTION "control"."id_after"(uuid) FROM PUBLIC;

-- Records an event for the tenant's event streams, and enqueues the job that sends it to the tenant's webhooks, if there are any.
-- Both have the same id. The lock on the tenant's position lasts until the change commits, so a later id never becomes visible
-- first. A tenant's role names no schema: the tenant is its own.
CREATE OR REPLACE FUNCTION "jobs"."fan_out"("tenant_schema" text, "job" jsonb) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  is_tenant boolean := acting LIKE 'tenant\_%';
  at timestamptz := job->>'created_at';
  own uuid;
  event uuid;
BEGIN
  IF NOT is_tenant AND session_user <> current_user
    AND NOT EXISTS (SELECT FROM control.installation i WHERE i.login = session_user) THEN
    RAISE EXCEPTION 'This login publishes no events.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT t.id INTO own FROM control.tenants t
  WHERE t.schema_name = CASE WHEN is_tenant THEN acting ELSE tenant_schema END;
  IF own IS NULL THEN
    RETURN;
  END IF;
  IF is_tenant AND octet_length((job->'payload')::text) > 16384 THEN
    RAISE EXCEPTION 'An event has 16 kB at most.' USING ERRCODE = 'insufficient_privilege';
  END IF;

  INSERT INTO control.event_positions AS p (tenant_id, last_id)
  VALUES (own, CASE WHEN is_tenant THEN control.new_id() ELSE (job->>'id')::uuid END)
  ON CONFLICT (tenant_id) DO UPDATE SET last_id =
    CASE WHEN excluded.last_id > p.last_id THEN excluded.last_id ELSE control.id_after(p.last_id) END
  RETURNING p.last_id INTO event;
  INSERT INTO control.published_events (tenant_id, id, event, created_at)
  VALUES (own, event, job->'payload', CASE WHEN is_tenant THEN least(at, now() + interval '1 day') ELSE at END);

  IF EXISTS (SELECT FROM control.webhook_endpoints e WHERE e.tenant_id = own) THEN
    IF is_tenant THEN
      PERFORM control.check_tenant_jobs(own, jsonb_build_array(job || jsonb_build_object('tenant_id', own)));
    END IF;
    RETURN QUERY
      INSERT INTO control.outbox (id, queue, name, payload, tenant_id, state, priority, run_at, created_at)
      SELECT event, 'webhooks', 'webhooks.fan_out', j.payload, own, CASE WHEN j.run_at > j.created_at THEN 'waiting' ELSE 'ready' END,
        j.priority, j.run_at, j.created_at
      FROM jsonb_to_record(job) AS j(payload jsonb, priority smallint, run_at timestamptz, created_at timestamptz)
      RETURNING outbox.id;
  END IF;
END $$;
