CREATE TABLE "control"."dropped_roles" (
	"name" text PRIMARY KEY NOT NULL
);

--> statement-breakpoint
CREATE TABLE "control"."locks" (
	"name" text PRIMARY KEY NOT NULL
);

--> statement-breakpoint
CREATE TABLE "control"."tenant_jobs" (
	"name" text PRIMARY KEY NOT NULL,
	"queue" text NOT NULL
);


--> statement-breakpoint
INSERT INTO "control"."locks" ("name") VALUES ('audit_log'), ('dispatch'), ('signing_keys');
--> statement-breakpoint
-- src/jobs/job_types.ts marks the same jobs; a test compares the two.
INSERT INTO "control"."tenant_jobs" ("name", "queue") VALUES ('email.send', 'email'), ('metrics.collect_tenant', 'analytics');
--> statement-breakpoint
-- A UUIDv7 by the database's clock, for rows whose id a tenant's role must not choose.
CREATE FUNCTION "control"."new_id"() RETURNS uuid LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
    substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
    52, 1), 53, 1), 'hex')::uuid
$$;
--> statement-breakpoint
-- Raises where a tenant's role asks for a job of another tenant, for one that tenants may not enqueue, or for too much.
CREATE FUNCTION "control"."check_tenant_jobs"("own" uuid, "jobs" jsonb) RETURNS void
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
    WHEN octet_length(j.payload::text) > 16384 THEN 'A job''s payload has 16 kB at most.'
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
--> statement-breakpoint
-- jobs: [{id, queue, name, payload, tenant_id, priority, key, run_at, created_at}]. Returns the ids of those that were
-- added: not those whose key another job has. The application's login adds jobs of any tenant and of the platform. A
-- tenant's role adds those of its own tenant that control.tenant_jobs lists: their ids and queues are chosen here, and
-- their keys are apart from those that the login chooses.
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
    INSERT INTO control.outbox (id, queue, name, payload, tenant_id, state, priority, key, run_at, created_at)
    SELECT CASE WHEN is_tenant THEN control.new_id() ELSE j.id END, CASE WHEN is_tenant THEN a.queue ELSE j.queue END,
      j.name, j.payload, j.tenant_id, CASE WHEN j.run_at > j.created_at THEN 'waiting' ELSE 'ready' END,
      j.priority, CASE WHEN is_tenant THEN 'tenant: ' || j.key ELSE j.key END, j.run_at, j.created_at
    FROM jsonb_to_recordset(jobs) AS j(id uuid, queue text, name text, payload jsonb, tenant_id uuid, priority smallint,
      key text, run_at timestamptz, created_at timestamptz)
    LEFT JOIN control.tenant_jobs a ON is_tenant AND a.name = j.name
    ON CONFLICT (line, key) WHERE key IS NOT NULL DO NOTHING
    RETURNING outbox.id;
END $$;
--> statement-breakpoint
-- The audit logs' lines are written by these functions alone. audit.insert_line, which writes to a tenant's table, belongs
-- to the owner of those tables: db/provision.ts.
CREATE SCHEMA "audit";
--> statement-breakpoint
GRANT USAGE ON SCHEMA "audit" TO PUBLIC;
--> statement-breakpoint
CREATE TYPE "audit"."line" AS (id uuid, sequence bigint, at timestamptz(3), action text, actor_id uuid, actor_name text,
  subject_type text, subject_id uuid, subject_name text, details jsonb, salt text, content_hash text, previous_hash text, hash text);
--> statement-breakpoint
CREATE FUNCTION "audit"."content_hash"("line" audit.line) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(line.salt, line.actor_id, line.actor_name, line.subject_type,
    line.subject_id, line.subject_name, line.details)::text, 'UTF8')), 'hex')
$$;
--> statement-breakpoint
CREATE FUNCTION "audit"."hash"("line" audit.line) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(line.previous_hash, line.sequence, line.id,
    to_char(line.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), line.action, line.content_hash)::text,
    'UTF8')), 'hex')
$$;
--> statement-breakpoint
-- The line that follows the one with this sequence and hash. entry: {id, at, action, actor_id, actor_name, subject_type,
-- subject_id, subject_name, details}.
CREATE FUNCTION "audit"."compose"("entry" jsonb, "last_sequence" bigint, "last_hash" text) RETURNS audit.line
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  line audit.line := jsonb_populate_record(NULL::audit.line, entry);
BEGIN
  IF octet_length(entry::text) > 65536 OR line.action !~ '^[a-z_]{1,50}\.[a-z_]{1,50}$' THEN
    RAISE EXCEPTION 'An audit line names an action, and has 64 kB at most.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  line.salt := gen_random_uuid()::text;
  line.sequence := coalesce(last_sequence, 0) + 1;
  line.previous_hash := coalesce(last_hash, '');
  line.content_hash := audit.content_hash(line);
  line.hash := audit.hash(line);
  RETURN line;
END $$;
--> statement-breakpoint
-- Adds a line to the log of the tenant whose role asks for it: in the name of one of its members, or of the product
-- itself. One transaction at a time adds to a log: it holds the tenant's row until its end.
CREATE FUNCTION "audit"."append"("entry" jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  own uuid;
  member text;
BEGIN
  SELECT t.id, u.name INTO own, member FROM control.tenants t
    LEFT JOIN control.memberships m ON m.tenant_id = t.id AND m.user_id = (entry ->> 'actor_id')::uuid
    LEFT JOIN control.users u ON u.id = m.user_id
  WHERE t.schema_name = acting FOR NO KEY UPDATE OF t;
  IF own IS NULL THEN
    RAISE EXCEPTION 'A tenant adds to its own audit log only.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF entry ->> 'actor_id' IS NOT NULL AND member IS NULL THEN
    RAISE EXCEPTION 'The actor is not a member of this workspace.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM audit.insert_line(acting, entry || jsonb_build_object('actor_name', coalesce(member, 'System')));
END $$;
--> statement-breakpoint
-- The same for the application's login, which adds to any tenant's log, in anybody's name.
CREATE FUNCTION "audit"."append_to"("tenant_schema" text, "entry" jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('role') <> 'none'
    OR session_user <> current_user AND NOT EXISTS (SELECT FROM control.installation i WHERE i.login = session_user) THEN
    RAISE EXCEPTION 'Only the application''s login adds to the log of a tenant that it names.'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM FROM control.tenants t WHERE t.schema_name = tenant_schema FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'No tenant has the schema %.', tenant_schema USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM audit.insert_line(tenant_schema, entry);
END $$;
--> statement-breakpoint
-- Adds a line to the platform's log, for the application's login and the one that migrates.
CREATE FUNCTION "audit"."append_platform"("entry" jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  last record;
BEGIN
  IF current_setting('role') <> 'none'
    OR session_user <> current_user AND NOT EXISTS (SELECT FROM control.installation i WHERE i.login = session_user) THEN
    RAISE EXCEPTION 'Only the application''s login adds to the platform''s log.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM FROM control.locks l WHERE l.name = 'audit_log' FOR UPDATE;
  SELECT a.sequence, a.hash INTO last FROM control.audit_log a ORDER BY a.sequence DESC LIMIT 1;
  INSERT INTO control.audit_log (id, sequence, at, action, actor_id, actor_name, subject_type, subject_id, subject_name,
    details, salt, content_hash, previous_hash, hash)
  SELECT l.* FROM audit.compose(entry, last.sequence, last.hash) l;
END $$;
