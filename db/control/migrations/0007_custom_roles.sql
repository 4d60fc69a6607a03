CREATE TABLE "control"."roles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"name" text NOT NULL,
	"permissions" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "roles_tenant_id" UNIQUE("tenant_id","id")
);
ALTER TABLE "control"."invitations" ADD COLUMN "custom_role_id" uuid;
ALTER TABLE "control"."memberships" ADD COLUMN "custom_role_id" uuid;
ALTER TABLE "control"."roles" ADD CONSTRAINT "roles_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "roles_tenant_name" ON "control"."roles" USING btree ("tenant_id",lower("name"));
ALTER TABLE "control"."invitations" ADD CONSTRAINT "invitations_custom_role" FOREIGN KEY ("tenant_id","custom_role_id") REFERENCES "control"."roles"("tenant_id","id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "control"."memberships" ADD CONSTRAINT "memberships_custom_role" FOREIGN KEY ("tenant_id","custom_role_id") REFERENCES "control"."roles"("tenant_id","id") ON DELETE no action ON UPDATE no action;
CREATE INDEX "invitations_of_custom_role" ON "control"."invitations" USING btree ("custom_role_id") WHERE "control"."invitations"."custom_role_id" is not null;
CREATE INDEX "memberships_of_custom_role" ON "control"."memberships" USING btree ("custom_role_id") WHERE "control"."memberships"."custom_role_id" is not null;
ALTER TABLE "control"."invitations" ADD CONSTRAINT "invitations_custom_role_given" CHECK (("control"."invitations"."role" = 'custom') = ("control"."invitations"."custom_role_id" is not null));
ALTER TABLE "control"."memberships" ADD CONSTRAINT "memberships_custom_role_given" CHECK (("control"."memberships"."role" = 'custom') = ("control"."memberships"."custom_role_id" is not null));
