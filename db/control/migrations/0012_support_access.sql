CREATE TABLE "control"."support_grants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"granted_by" uuid,
	"access" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
CREATE TABLE "control"."support_visits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"grant_id" uuid,
	"staff_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"staff_name" text NOT NULL,
	"member_name" text NOT NULL,
	"reason" text NOT NULL,
	"access" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
ALTER TABLE "control"."sessions" ADD COLUMN "support_visit_id" uuid;
ALTER TABLE "control"."support_grants" ADD CONSTRAINT "support_grants_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."support_grants" ADD CONSTRAINT "support_grants_granted_by_users_id_fk" FOREIGN KEY ("granted_by") REFERENCES "control"."users"("id") ON DELETE set null ON UPDATE no action;
ALTER TABLE "control"."support_visits" ADD CONSTRAINT "support_visits_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."support_visits" ADD CONSTRAINT "support_visits_grant_id_support_grants_id_fk" FOREIGN KEY ("grant_id") REFERENCES "control"."support_grants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."support_visits" ADD CONSTRAINT "support_visits_staff_id_users_id_fk" FOREIGN KEY ("staff_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."support_visits" ADD CONSTRAINT "support_visits_member_id_users_id_fk" FOREIGN KEY ("member_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "support_grants_open" ON "control"."support_grants" USING btree ("tenant_id") WHERE "control"."support_grants"."revoked_at" is null;
CREATE INDEX "support_grants_granter" ON "control"."support_grants" USING btree ("granted_by");
CREATE INDEX "support_visits_tenant" ON "control"."support_visits" USING btree ("tenant_id","started_at");
CREATE INDEX "support_visits_grant" ON "control"."support_visits" USING btree ("grant_id");
CREATE INDEX "support_visits_staff" ON "control"."support_visits" USING btree ("staff_id");
CREATE INDEX "support_visits_member" ON "control"."support_visits" USING btree ("member_id");
ALTER TABLE "control"."sessions" ADD CONSTRAINT "sessions_support_visit_id_support_visits_id_fk" FOREIGN KEY ("support_visit_id") REFERENCES "control"."support_visits"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "sessions_support_visit" ON "control"."sessions" USING btree ("support_visit_id") WHERE "control"."sessions"."support_visit_id" is not null;
