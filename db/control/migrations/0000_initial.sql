CREATE SCHEMA "control";

CREATE TABLE "control"."audit_log" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"action" text NOT NULL,
	"actor_id" uuid,
	"actor_name" text,
	"subject_type" text,
	"subject_id" uuid,
	"subject_name" text,
	"details" jsonb,
	"salt" text,
	"content_hash" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_log_sequence_unique" UNIQUE("sequence")
);

CREATE TABLE "control"."email_opt_outs" (
	"user_id" uuid NOT NULL,
	"category" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "email_opt_outs_user_id_category_pk" PRIMARY KEY("user_id","category")
);

CREATE TABLE "control"."mailbox_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"to_name" text NOT NULL,
	"to_address" text NOT NULL,
	"from_name" text NOT NULL,
	"from_address" text NOT NULL,
	"subject" text NOT NULL,
	"html" text NOT NULL,
	"text" text NOT NULL,
	"headers" jsonb NOT NULL,
	"tenant_id" uuid,
	"message" text NOT NULL
);

CREATE TABLE "control"."suppressed_addresses" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address" text NOT NULL,
	"reason" text NOT NULL,
	"detail" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "suppressed_addresses_address_unique" UNIQUE("address")
);

CREATE TABLE "control"."one_time_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"purpose" text NOT NULL,
	"user_id" uuid NOT NULL,
	"tenant_id" uuid,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "one_time_tokens_token_hash_unique" UNIQUE("token_hash")
);

CREATE TABLE "control"."pending_sign_ups" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"company_name" text NOT NULL,
	"subdomain" text NOT NULL,
	"password_hash" text NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "pending_sign_ups_token_hash_unique" UNIQUE("token_hash")
);

CREATE TABLE "control"."refresh_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"family_id" uuid NOT NULL,
	"parent_family_id" uuid,
	"token_hash" text NOT NULL,
	"user_id" uuid NOT NULL,
	"tenant_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "refresh_tokens_token_hash_unique" UNIQUE("token_hash")
);

CREATE TABLE "control"."sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"sign_in_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"tenant_id" uuid,
	"remember" boolean NOT NULL,
	"ip_address" text NOT NULL,
	"user_agent" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sessions_token_hash_unique" UNIQUE("token_hash")
);

CREATE TABLE "control"."signing_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"sealed_private_jwk" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "control"."migrations" (
	"version" text PRIMARY KEY NOT NULL,
	"checksum" text NOT NULL,
	"applied_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "control"."dropped_roles" (
	"name" text PRIMARY KEY NOT NULL
);

CREATE TABLE "control"."installation" (
	"owner_role" text PRIMARY KEY NOT NULL,
	"login" text DEFAULT '' NOT NULL
);

CREATE TABLE "control"."locks" (
	"name" text PRIMARY KEY NOT NULL
);

CREATE TABLE "control"."ready_roles" (
	"name" text PRIMARY KEY NOT NULL
);

CREATE TABLE "control"."tenant_schemas" (
	"name" text PRIMARY KEY NOT NULL,
	"version" text NOT NULL,
	"checksum" text NOT NULL,
	"migrated_at" timestamp (3) with time zone NOT NULL,
	"claimed_at" timestamp (3) with time zone,
	"failure" text,
	"failed_at" timestamp (3) with time zone
);

CREATE TABLE "control"."memberships" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "memberships_tenant_user" UNIQUE("tenant_id","user_id")
);

CREATE TABLE "control"."job_minutes" (
	"minute" timestamp (3) with time zone NOT NULL,
	"queue" text NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"retried" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "job_minutes_minute_queue_pk" PRIMARY KEY("minute","queue")
);

CREATE TABLE "control"."job_workers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"engine" text NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "control"."outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"queue" text NOT NULL,
	"name" text NOT NULL,
	"payload" jsonb NOT NULL,
	"tenant_id" uuid,
	"partition_key" uuid GENERATED ALWAYS AS (coalesce(tenant_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)) STORED NOT NULL,
	"state" text NOT NULL,
	"priority" smallint NOT NULL,
	"key" text,
	"run_at" timestamp (3) with time zone NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"dispatch_id" uuid,
	"lease_until" timestamp (3) with time zone,
	"error" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);

CREATE TABLE "control"."schedules" (
	"name" text PRIMARY KEY NOT NULL,
	"last_slot" timestamp (3) with time zone NOT NULL
);

CREATE TABLE "control"."tenant_jobs" (
	"name" text PRIMARY KEY NOT NULL,
	"queue" text NOT NULL
);

CREATE TABLE "control"."subdomains" (
	"name" text PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone
);

CREATE TABLE "control"."tenants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"subdomain" text NOT NULL,
	"schema_name" text NOT NULL,
	"plan" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"suspended_at" timestamp (3) with time zone,
	"suspension_reason" text,
	"deletion_due_at" timestamp (3) with time zone,
	"brand_color" text,
	"logo_url" text,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "tenants_subdomain_unique" UNIQUE("subdomain"),
	CONSTRAINT "tenants_schema_name_unique" UNIQUE("schema_name")
);

CREATE TABLE "control"."users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"email_verified_at" timestamp (3) with time zone,
	"name" text NOT NULL,
	"password_hash" text,
	"is_platform_admin" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email")
);

ALTER TABLE "control"."email_opt_outs" ADD CONSTRAINT "email_opt_outs_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."mailbox_messages" ADD CONSTRAINT "mailbox_messages_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."one_time_tokens" ADD CONSTRAINT "one_time_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."one_time_tokens" ADD CONSTRAINT "one_time_tokens_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."refresh_tokens" ADD CONSTRAINT "refresh_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."refresh_tokens" ADD CONSTRAINT "refresh_tokens_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."sessions" ADD CONSTRAINT "sessions_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."memberships" ADD CONSTRAINT "memberships_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."outbox" ADD CONSTRAINT "outbox_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."subdomains" ADD CONSTRAINT "subdomains_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."tenants" ADD CONSTRAINT "tenants_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "control"."users"("id") ON DELETE set null ON UPDATE no action;

CREATE INDEX "audit_log_subject" ON "control"."audit_log" USING btree ("subject_id","sequence");
CREATE INDEX "mailbox_messages_newest" ON "control"."mailbox_messages" USING btree ("at","id");
CREATE INDEX "mailbox_messages_to" ON "control"."mailbox_messages" USING btree ("to_address","at","id");
CREATE INDEX "mailbox_messages_tenant" ON "control"."mailbox_messages" USING btree ("tenant_id");
CREATE INDEX "suppressed_addresses_created" ON "control"."suppressed_addresses" USING btree ("created_at","id");
CREATE INDEX "one_time_tokens_user" ON "control"."one_time_tokens" USING btree ("user_id");
CREATE INDEX "one_time_tokens_expiry" ON "control"."one_time_tokens" USING btree ("expires_at");
CREATE INDEX "pending_sign_ups_email" ON "control"."pending_sign_ups" USING btree ("email","created_at");
CREATE INDEX "pending_sign_ups_created" ON "control"."pending_sign_ups" USING btree ("created_at");
CREATE INDEX "refresh_tokens_family" ON "control"."refresh_tokens" USING btree ("family_id");
CREATE INDEX "refresh_tokens_parent_family" ON "control"."refresh_tokens" USING btree ("parent_family_id") WHERE "control"."refresh_tokens"."parent_family_id" is not null;
CREATE INDEX "refresh_tokens_user" ON "control"."refresh_tokens" USING btree ("user_id");
CREATE INDEX "refresh_tokens_expiry" ON "control"."refresh_tokens" USING btree ("expires_at");
CREATE INDEX "sessions_user" ON "control"."sessions" USING btree ("user_id");
CREATE INDEX "sessions_sign_in" ON "control"."sessions" USING btree ("sign_in_id");
CREATE INDEX "sessions_expiry" ON "control"."sessions" USING btree ("expires_at");
CREATE INDEX "tenant_schemas_ready" ON "control"."tenant_schemas" USING btree ("name") WHERE "control"."tenant_schemas"."claimed_at" is null;
CREATE INDEX "memberships_user" ON "control"."memberships" USING btree ("user_id");
CREATE INDEX "memberships_joined" ON "control"."memberships" USING btree ("tenant_id","created_at","id");
CREATE UNIQUE INDEX "outbox_key" ON "control"."outbox" USING btree ("partition_key","key") WHERE "control"."outbox"."key" is not null;
CREATE INDEX "outbox_ready" ON "control"."outbox" USING btree ("queue","partition_key","priority","run_at","id") WHERE "control"."outbox"."state" = 'ready';
CREATE INDEX "outbox_waiting" ON "control"."outbox" USING btree ("run_at") WHERE "control"."outbox"."state" = 'waiting';
CREATE INDEX "outbox_in_progress" ON "control"."outbox" USING btree ("queue","partition_key") WHERE "control"."outbox"."state" in ('dispatched', 'running');
CREATE INDEX "outbox_ended" ON "control"."outbox" USING btree ("state","ended_at","id") WHERE "control"."outbox"."state" in ('done', 'failed', 'held');
CREATE INDEX "outbox_failed_or_held" ON "control"."outbox" USING btree ("state","id") WHERE "control"."outbox"."state" in ('failed', 'held');
CREATE INDEX "outbox_tenant" ON "control"."outbox" USING btree ("tenant_id");
CREATE INDEX "subdomains_tenant" ON "control"."subdomains" USING btree ("tenant_id");
CREATE INDEX "tenants_created" ON "control"."tenants" USING btree ("created_at","id");
CREATE INDEX "tenants_created_by" ON "control"."tenants" USING btree ("created_by") WHERE "control"."tenants"."created_by" is not null;
CREATE INDEX "tenants_deletion_due" ON "control"."tenants" USING btree ("deletion_due_at") WHERE "control"."tenants"."deletion_due_at" is not null;

-- Rows to lock, and the jobs that a tenant's role may enqueue. src/outbox/job.ts marks the same jobs; a test compares the two.
INSERT INTO "control"."locks" ("name") VALUES ('audit_log'), ('dispatch'), ('signing_keys');
INSERT INTO "control"."tenant_jobs" ("name", "queue") VALUES ('metrics.collect_tenant', 'analytics');

-- Ids: a UUIDv7 by the database's clock, for rows whose id a tenant's role must not choose.
CREATE FUNCTION "control"."new_id"() RETURNS uuid LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
    substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
    52, 1), 53, 1), 'hex')::uuid
$$;

-- Jobs: every change enqueues its jobs in its own transaction, also as a tenant's role, which sees nothing of control.
CREATE SCHEMA "jobs";
GRANT USAGE ON SCHEMA "jobs" TO PUBLIC;

-- Raises when a tenant's role asks for another tenant's job, for a job that tenants may not enqueue, or for too many.
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

-- jobs: [{id, queue, name, payload, tenant_id, priority, key, run_at, created_at}]. Returns the ids of the jobs it added;
-- it skips those whose key is taken. The application's login adds jobs of any tenant and of the platform. A tenant's role
-- adds those of its own tenant that control.tenant_jobs lists; this function chooses their ids and queues, and keeps their
-- keys apart from the login's.
CREATE FUNCTION "jobs"."enqueue"("jobs" jsonb) RETURNS SETOF uuid
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
    ON CONFLICT (partition_key, key) WHERE key IS NOT NULL DO NOTHING
    RETURNING outbox.id;
END $$;

-- Removes any job that has not started; with a tenant, or for a tenant's role, only that tenant's. Returns false when
-- there was none.
CREATE FUNCTION "jobs"."cancel"("job" uuid, "tenant" uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  own uuid := tenant;
BEGIN
  IF acting LIKE 'tenant\_%' THEN
    SELECT t.id INTO own FROM control.tenants t WHERE t.schema_name = acting;
    IF own IS NULL THEN
      RAISE EXCEPTION 'A tenant cancels jobs of its own only.' USING ERRCODE = 'insufficient_privilege';
    END IF;
  ELSIF session_user <> current_user AND NOT EXISTS (SELECT FROM control.installation i WHERE i.login = session_user) THEN
    RAISE EXCEPTION 'This login cancels no jobs.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  DELETE FROM control.outbox o
  WHERE o.id = job AND o.state IN ('waiting', 'ready', 'dispatched', 'held') AND (own IS NULL OR o.tenant_id = own);
  RETURN FOUND;
END $$;

-- Audit: only these functions write lines to the audit logs. audit.insert_line, which writes to a tenant's table, belongs to
-- the owner of those tables: db/migration/audit_writer.ts.
CREATE SCHEMA "audit";
GRANT USAGE ON SCHEMA "audit" TO PUBLIC;
CREATE TYPE "audit"."line" AS (id uuid, sequence bigint, at timestamptz(3), action text, actor_id uuid, actor_name text,
  subject_type text, subject_id uuid, subject_name text, details jsonb, salt text, content_hash text, previous_hash text, hash text);

-- What a line says, with its salt.
CREATE FUNCTION "audit"."content_hash"("line" audit.line) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(line.salt, line.actor_id, line.actor_name, line.subject_type,
    line.subject_id, line.subject_name, line.details)::text, 'UTF8')), 'hex')
$$;

-- A line with the one before it.
CREATE FUNCTION "audit"."hash"("line" audit.line) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(line.previous_hash, line.sequence, line.id,
    to_char(line.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), line.action, line.content_hash)::text,
    'UTF8')), 'hex')
$$;

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

-- Adds a line to the log of the tenant whose role calls it, in the name of a member or of the product itself. Locks the
-- tenant's row until the transaction ends, so one transaction at a time adds to a log.
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

-- The same for the application's login, which adds to any tenant's log, in anyone's name.
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

-- Stream: records of all tenants, written by the thousand and partitioned by month. db/stream/writer.ts makes the functions
-- that write, for the owner of the tenants' tables; db/stream/partitions.ts makes and drops the months.
CREATE SCHEMA "stream";
GRANT USAGE ON SCHEMA "stream" TO PUBLIC;

-- The tenant of a role. The role is an argument, because current_user in here is the function's owner.
CREATE FUNCTION "control"."tenant_id_of"("acting" name) RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT t.id FROM control.tenants t WHERE t.schema_name = acting::text);
END $$;

CREATE TABLE "stream"."api_usage" (
	"tenant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"calls" bigint NOT NULL,
	CONSTRAINT "api_usage_tenant_id_day_pk" PRIMARY KEY("tenant_id","day")
) PARTITION BY RANGE ("day");
CREATE TABLE "stream"."api_usage_default" PARTITION OF "stream"."api_usage" DEFAULT;
ALTER TABLE "stream"."api_usage" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE "stream"."api_usage_default" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "own_rows" ON "stream"."api_usage" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = (select control.tenant_id_of(current_user)));
GRANT SELECT ON "stream"."api_usage" TO PUBLIC;
