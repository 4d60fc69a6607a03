CREATE TABLE "control"."job_minutes" (
	"minute" timestamp (3) with time zone NOT NULL,
	"queue" text NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"retried" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "job_minutes_minute_queue_pk" PRIMARY KEY("minute","queue")
);

--> statement-breakpoint
CREATE TABLE "control"."job_workers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"engine" text NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL
);

--> statement-breakpoint
CREATE TABLE "control"."outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"queue" text NOT NULL,
	"name" text NOT NULL,
	"payload" jsonb NOT NULL,
	"tenant_id" uuid,
	"line" uuid GENERATED ALWAYS AS (coalesce(tenant_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)) STORED NOT NULL,
	"state" text NOT NULL,
	"priority" smallint NOT NULL,
	"key" text,
	"run_at" timestamp (3) with time zone NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"hand_id" uuid,
	"lease_until" timestamp (3) with time zone,
	"error" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);

--> statement-breakpoint
CREATE TABLE "control"."schedules" (
	"name" text PRIMARY KEY NOT NULL,
	"last_slot" timestamp (3) with time zone NOT NULL
);

--> statement-breakpoint
ALTER TABLE "control"."outbox" ADD CONSTRAINT "outbox_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_key" ON "control"."outbox" USING btree ("line","key") WHERE "control"."outbox"."key" is not null;
--> statement-breakpoint
CREATE INDEX "outbox_ready" ON "control"."outbox" USING btree ("queue","line","priority","run_at","id") WHERE "control"."outbox"."state" = 'ready';
--> statement-breakpoint
CREATE INDEX "outbox_waiting" ON "control"."outbox" USING btree ("run_at") WHERE "control"."outbox"."state" = 'waiting';
--> statement-breakpoint
CREATE INDEX "outbox_under_way" ON "control"."outbox" USING btree ("queue","line") WHERE "control"."outbox"."state" in ('handed', 'running');
--> statement-breakpoint
CREATE INDEX "outbox_ended" ON "control"."outbox" USING btree ("state","ended_at","id") WHERE "control"."outbox"."state" in ('done', 'failed', 'held');
--> statement-breakpoint
CREATE INDEX "outbox_tenant" ON "control"."outbox" USING btree ("tenant_id");
--> statement-breakpoint
-- Whoever makes a change puts its jobs into the outbox with it, tenants' roles included, which see nothing of control.
CREATE SCHEMA "jobs";
--> statement-breakpoint
GRANT USAGE ON SCHEMA "jobs" TO PUBLIC;
--> statement-breakpoint
-- jobs: [{id, queue, name, payload, tenant_id, priority, key, run_at, created_at}]. Returns the ids of those that were
-- added: not those whose key another job has. A tenant's role adds jobs of its own tenant, the login those of any.
CREATE FUNCTION "jobs"."enqueue"("jobs" jsonb) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  own uuid;
BEGIN
  IF acting LIKE 'tenant\_%' THEN
    SELECT t.id INTO own FROM control.tenants t WHERE t.schema_name = acting;
    IF own IS NULL OR EXISTS (SELECT FROM jsonb_array_elements(jobs) j WHERE j ->> 'tenant_id' IS DISTINCT FROM own::text) THEN
      RAISE EXCEPTION 'A tenant enqueues jobs of its own only.' USING ERRCODE = 'insufficient_privilege';
    END IF;
  ELSIF session_user <> current_user AND NOT EXISTS (SELECT FROM control.installation i WHERE i.login = session_user) THEN
    RAISE EXCEPTION 'This login enqueues no jobs.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
    INSERT INTO control.outbox (id, queue, name, payload, tenant_id, state, priority, key, run_at, created_at)
    SELECT j.id, j.queue, j.name, j.payload, j.tenant_id, CASE WHEN j.run_at > j.created_at THEN 'waiting' ELSE 'ready' END,
      j.priority, j.key, j.run_at, j.created_at
    FROM jsonb_to_recordset(jobs) AS j(id uuid, queue text, name text, payload jsonb, tenant_id uuid, priority smallint,
      key text, run_at timestamptz, created_at timestamptz)
    ON CONFLICT (line, key) WHERE key IS NOT NULL DO NOTHING
    RETURNING outbox.id;
END $$;
