CREATE TABLE "control"."audit_chains" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"anchor_sequence" bigint DEFAULT 0 NOT NULL,
	"anchor_hash" text DEFAULT '' NOT NULL,
	"verified_sequence" bigint DEFAULT 0 NOT NULL,
	"verified_hash" text DEFAULT '' NOT NULL,
	"verified_at" timestamp (3) with time zone,
	"broken_at" bigint
);
ALTER TABLE "control"."audit_log" ADD COLUMN "origin" jsonb;
ALTER TABLE "control"."audit_chains" ADD CONSTRAINT "audit_chains_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "audit_log_at" ON "control"."audit_log" USING btree ("at","id");
CREATE INDEX "audit_log_actor" ON "control"."audit_log" USING btree ("actor_id","at","id");
CREATE INDEX "audit_log_action" ON "control"."audit_log" USING btree ("action","at","id");
