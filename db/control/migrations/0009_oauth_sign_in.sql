CREATE TABLE "control"."identities" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"email" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "identities_account" UNIQUE("provider","issuer","subject")
);
CREATE TABLE "control"."oauth_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state_hash" text NOT NULL,
	"browser_hash" text NOT NULL,
	"provider" text NOT NULL,
	"purpose" text NOT NULL,
	"user_id" uuid,
	"tenant_id" uuid,
	"invitation_id" uuid,
	"next" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "oauth_requests_state_hash_unique" UNIQUE("state_hash")
);
CREATE TABLE "control"."pending_identities" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"provider" text NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"email" text,
	"name" text NOT NULL,
	"user_id" uuid,
	"invitation_id" uuid,
	"next" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "pending_identities_token_hash_unique" UNIQUE("token_hash")
);
ALTER TABLE "control"."identities" ADD CONSTRAINT "identities_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."oauth_requests" ADD CONSTRAINT "oauth_requests_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."oauth_requests" ADD CONSTRAINT "oauth_requests_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."oauth_requests" ADD CONSTRAINT "oauth_requests_invitation_id_invitations_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "control"."invitations"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."pending_identities" ADD CONSTRAINT "pending_identities_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."pending_identities" ADD CONSTRAINT "pending_identities_invitation_id_invitations_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "control"."invitations"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "identities_user" ON "control"."identities" USING btree ("user_id");
CREATE INDEX "oauth_requests_expiry" ON "control"."oauth_requests" USING btree ("expires_at");
CREATE INDEX "pending_identities_expiry" ON "control"."pending_identities" USING btree ("expires_at");
