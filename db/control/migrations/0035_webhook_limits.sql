ALTER TABLE "control"."webhook_endpoints" ADD COLUMN "paced_until" timestamp (3) with time zone;
ALTER TABLE "control"."webhook_endpoints" ADD COLUMN "rotation_id" uuid;

-- As in 0000_initial.sql, except that an event may be larger: a contact alone can have 57 kB.
CREATE OR REPLACE FUNCTION "control"."check_tenant_jobs"("own" uuid, "jobs" jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  problem text;
BEGIN
  IF jsonb_array_length(jobs) > 5000 THEN
    RAISE EXCEPTION 'A tenant enqueues 5,000 jobs at once at most.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT p.problem INTO problem
  FROM jsonb_to_recordset(jobs) AS j(name text, payload jsonb, tenant_id uuid, priority int, key text,
    run_at timestamptz, created_at timestamptz)
  LEFT JOIN control.tenant_jobs a ON a.name = j.name,
  LATERAL (SELECT CASE
    WHEN own IS NULL OR j.tenant_id IS DISTINCT FROM own THEN 'A tenant enqueues jobs of its own only.'
    WHEN a.name IS NULL THEN format('A tenant enqueues no jobs named "%s".', left(j.name, 100))
    WHEN octet_length(j.payload::text) > CASE WHEN j.name = 'webhooks.fan_out' THEN 131072 ELSE 16384 END
      THEN 'A job''s payload has 16 kB at most, and an event 128 kB.'
    WHEN j.priority NOT BETWEEN 0 AND 1000 THEN 'A job''s priority is a number from 0 to 1,000.'
    WHEN length(j.key) > 200 THEN 'A job''s key has 200 characters at most.'
    WHEN NOT j.created_at BETWEEN now() - interval '10 years' AND now() + interval '10 years'
      OR NOT j.run_at BETWEEN j.created_at AND j.created_at + interval '366 days'
      THEN 'A job runs within a year.'
  END AS problem) p
  WHERE p.problem IS NOT NULL LIMIT 1;
  IF problem IS NOT NULL THEN
    RAISE EXCEPTION '%', problem USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

-- As in 0016_event_stream.sql, with the same limit.
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
  IF is_tenant AND octet_length((job->'payload')::text) > 131072 THEN
    RAISE EXCEPTION 'An event has 128 kB at most.' USING ERRCODE = 'insufficient_privilege';
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
