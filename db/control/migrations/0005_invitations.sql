CREATE TABLE "control"."invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"token_hash" text NOT NULL,
	"invited_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "invitations_token_hash_unique" UNIQUE("token_hash"),
	CONSTRAINT "invitations_tenant_email" UNIQUE("tenant_id","email")
);
CREATE TABLE "control"."join_domains" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"domain" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "join_domains_tenant_domain" UNIQUE("tenant_id","domain")
);
CREATE TABLE "control"."ownership_offers" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"from_user_id" uuid NOT NULL,
	"to_user_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "control"."invitations" ADD CONSTRAINT "invitations_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."invitations" ADD CONSTRAINT "invitations_invited_by_users_id_fk" FOREIGN KEY ("invited_by") REFERENCES "control"."users"("id") ON DELETE set null ON UPDATE no action;
ALTER TABLE "control"."join_domains" ADD CONSTRAINT "join_domains_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."ownership_offers" ADD CONSTRAINT "ownership_offers_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."ownership_offers" ADD CONSTRAINT "ownership_offers_from_user_id_users_id_fk" FOREIGN KEY ("from_user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."ownership_offers" ADD CONSTRAINT "ownership_offers_to_user_id_users_id_fk" FOREIGN KEY ("to_user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "invitations_created" ON "control"."invitations" USING btree ("tenant_id","created_at","id");
CREATE INDEX "invitations_inviter" ON "control"."invitations" USING btree ("invited_by");
CREATE INDEX "invitations_expiry" ON "control"."invitations" USING btree ("expires_at");
CREATE INDEX "join_domains_domain" ON "control"."join_domains" USING btree ("domain");
CREATE INDEX "ownership_offers_from" ON "control"."ownership_offers" USING btree ("from_user_id");
CREATE INDEX "ownership_offers_to" ON "control"."ownership_offers" USING btree ("to_user_id");
