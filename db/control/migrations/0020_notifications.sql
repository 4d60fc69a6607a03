CREATE TABLE "control"."notification_choices" (
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"channel" text NOT NULL,
	"is_on" boolean NOT NULL,
	CONSTRAINT "notification_choices_user_id_kind_channel_pk" PRIMARY KEY("user_id","kind","channel")
);
CREATE TABLE "control"."notification_feeds" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL
);
CREATE TABLE "control"."notification_times" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"time_zone" text NOT NULL,
	"quiet_from" smallint,
	"quiet_until" smallint,
	"is_digest" boolean NOT NULL,
	CONSTRAINT "notification_times_quiet" CHECK (("control"."notification_times"."quiet_from" is null) = ("control"."notification_times"."quiet_until" is null))
);
CREATE TABLE "control"."notifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"tenant_id" uuid,
	"is_personal" boolean NOT NULL,
	"in_feed" boolean NOT NULL,
	"kind" text NOT NULL,
	"data" jsonb NOT NULL,
	"event_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone,
	"digest_at" timestamp (3) with time zone,
	CONSTRAINT "notifications_event" UNIQUE("event_id","user_id")
);
ALTER TABLE "control"."notification_choices" ADD CONSTRAINT "notification_choices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."notification_feeds" ADD CONSTRAINT "notification_feeds_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."notification_times" ADD CONSTRAINT "notification_times_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."notifications" ADD CONSTRAINT "notifications_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."notifications" ADD CONSTRAINT "notifications_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "notifications_user" ON "control"."notifications" USING btree ("user_id","created_at","id");
CREATE INDEX "notifications_unread" ON "control"."notifications" USING btree ("user_id","created_at","id") WHERE "control"."notifications"."read_at" is null;
CREATE INDEX "notifications_tenant" ON "control"."notifications" USING btree ("tenant_id") WHERE "control"."notifications"."tenant_id" is not null;
CREATE INDEX "notifications_created" ON "control"."notifications" USING btree ("created_at");

-- Enqueues jobs of the tenant with this schema. A tenant's role names none: the jobs are its own.
INSERT INTO "control"."tenant_jobs" ("name", "queue") VALUES ('notifications.notify', 'email');
CREATE FUNCTION "jobs"."enqueue_for"("tenant_schema" text, "entries" jsonb) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  own uuid;
BEGIN
  SELECT t.id INTO own FROM control.tenants t
  WHERE t.schema_name = CASE WHEN acting LIKE 'tenant\_%' THEN acting ELSE tenant_schema END;
  IF own IS NOT NULL THEN
    RETURN QUERY SELECT jobs.enqueue(
      (SELECT jsonb_agg(e || jsonb_build_object('tenant_id', own)) FROM jsonb_array_elements(entries) AS e));
  END IF;
END $$;
