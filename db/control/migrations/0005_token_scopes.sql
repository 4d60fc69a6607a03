ALTER TABLE "control"."refresh_tokens" ALTER COLUMN "tenant_id" DROP NOT NULL;
--> statement-breakpoint
ALTER TABLE "control"."refresh_tokens" ADD COLUMN "parent_family_id" uuid;
--> statement-breakpoint
ALTER TABLE "control"."tenants" ADD COLUMN "created_by" uuid;
--> statement-breakpoint
ALTER TABLE "control"."tenants" ADD CONSTRAINT "tenants_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "control"."users"("id") ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "refresh_tokens_parent_family" ON "control"."refresh_tokens" USING btree ("parent_family_id") WHERE "control"."refresh_tokens"."parent_family_id" is not null;
--> statement-breakpoint
CREATE INDEX "tenants_created_by" ON "control"."tenants" USING btree ("created_by") WHERE "control"."tenants"."created_by" is not null;
