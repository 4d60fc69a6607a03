-- Each call of the API, partitioned by day, and its sparse histogram by day, partitioned by month: see db/stream.
CREATE TABLE "stream"."api_request_counts" (
	"tenant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"method" text NOT NULL,
	"endpoint" text NOT NULL,
	"actor_id" uuid NOT NULL,
	"bucket" smallint NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_name" text NOT NULL,
	"calls" bigint NOT NULL,
	"errors" bigint NOT NULL,
	CONSTRAINT "api_request_counts_pk" PRIMARY KEY("tenant_id","day","method","endpoint","actor_id","bucket")
) PARTITION BY RANGE ("day");
CREATE TABLE "stream"."api_request_counts_default" PARTITION OF "stream"."api_request_counts" DEFAULT;
ALTER TABLE "stream"."api_request_counts" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE "stream"."api_request_counts_default" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON "stream"."api_request_counts" TO PUBLIC;
CREATE TABLE "stream"."api_requests" (
	"tenant_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"id" uuid NOT NULL,
	"actor_id" uuid NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_name" text NOT NULL,
	"method" text NOT NULL,
	"endpoint" text NOT NULL,
	"status" smallint NOT NULL,
	"duration_us" integer NOT NULL,
	"error_code" text,
	"ip_address" text,
	CONSTRAINT "api_requests_tenant_id_at_id_pk" PRIMARY KEY("tenant_id","at","id")
) PARTITION BY RANGE ("at");
CREATE TABLE "stream"."api_requests_default" PARTITION OF "stream"."api_requests" DEFAULT;
ALTER TABLE "stream"."api_requests" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE "stream"."api_requests_default" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON "stream"."api_requests" TO PUBLIC;
CREATE INDEX "api_requests_errors" ON "stream"."api_requests" USING btree ("tenant_id","at","id") WHERE "stream"."api_requests"."status" >= 400;
CREATE INDEX "api_requests_actor" ON "stream"."api_requests" USING btree ("tenant_id","actor_id","at","id");
CREATE POLICY "own_rows" ON "stream"."api_request_counts" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = (select control.tenant_id_of(current_user)));
CREATE POLICY "own_rows" ON "stream"."api_requests" AS PERMISSIVE FOR SELECT TO public USING (tenant_id = (select control.tenant_id_of(current_user)));
