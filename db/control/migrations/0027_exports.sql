CREATE TABLE "control"."export_chunks" (
	"export_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "export_chunks_export_id_number_pk" PRIMARY KEY("export_id","number")
);
CREATE TABLE "control"."workspace_exports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"requested_by" uuid,
	"status" text NOT NULL,
	"size" bigint,
	"sha256" text,
	"rows" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "control"."export_chunks" ADD CONSTRAINT "export_chunks_export_id_workspace_exports_id_fk" FOREIGN KEY ("export_id") REFERENCES "control"."workspace_exports"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."workspace_exports" ADD CONSTRAINT "workspace_exports_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."workspace_exports" ADD CONSTRAINT "workspace_exports_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "control"."users"("id") ON DELETE set null ON UPDATE no action;
CREATE UNIQUE INDEX "workspace_exports_pending" ON "control"."workspace_exports" USING btree ("tenant_id") WHERE "control"."workspace_exports"."status" = 'pending';
CREATE INDEX "workspace_exports_tenant" ON "control"."workspace_exports" USING btree ("tenant_id","created_at","id");
CREATE INDEX "workspace_exports_requester" ON "control"."workspace_exports" USING btree ("requested_by") WHERE "control"."workspace_exports"."requested_by" is not null;
CREATE INDEX "workspace_exports_expiry" ON "control"."workspace_exports" USING btree ("expires_at");
