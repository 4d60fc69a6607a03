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
CREATE TABLE "control"."platform_audit_chain" (
	"log" text PRIMARY KEY NOT NULL,
	"verified_sequence" bigint NOT NULL,
	"verified_hash" text NOT NULL,
	"verified_at" timestamp (3) with time zone NOT NULL,
	"broken_at" bigint
);
CREATE TABLE "control"."sign_in_attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"outcome" text NOT NULL,
	"methods" text[] NOT NULL,
	"ip_address" text NOT NULL,
	"user_agent" text NOT NULL,
	"attempts" integer NOT NULL
);
ALTER TABLE "control"."sign_in_attempts" ADD CONSTRAINT "sign_in_attempts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "sign_in_attempts_user" ON "control"."sign_in_attempts" USING btree ("user_id","at","id");
CREATE INDEX "sign_in_attempts_at" ON "control"."sign_in_attempts" USING btree ("at");
CREATE INDEX "users_created" ON "control"."users" USING btree ("created_at","id");
CREATE TABLE "control"."passkey_challenges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"challenge_hash" text NOT NULL,
	"browser_hash" text NOT NULL,
	"purpose" text NOT NULL,
	"user_id" uuid,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "passkey_challenges_challenge_hash_unique" UNIQUE("challenge_hash")
);
CREATE TABLE "control"."passkeys" (
	"factor_id" uuid PRIMARY KEY NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" text NOT NULL,
	"counter" bigint NOT NULL,
	"transports" text[] NOT NULL,
	"device_type" text NOT NULL,
	"is_backed_up" boolean NOT NULL,
	CONSTRAINT "passkeys_credential_id_unique" UNIQUE("credential_id")
);
ALTER TABLE "control"."passkey_challenges" ADD CONSTRAINT "passkey_challenges_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."passkeys" ADD CONSTRAINT "passkeys_factor_id_factors_id_fk" FOREIGN KEY ("factor_id") REFERENCES "control"."factors"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "passkey_challenges_user" ON "control"."passkey_challenges" USING btree ("user_id");
CREATE INDEX "passkey_challenges_expiry" ON "control"."passkey_challenges" USING btree ("expires_at");
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
DROP TABLE "control"."factor_attempts" CASCADE;
ALTER TABLE "control"."mailbox_messages" ADD COLUMN "channel" text DEFAULT 'email' NOT NULL;
ALTER TABLE "control"."challenges" ADD COLUMN "texted_to" uuid;
CREATE TABLE "control"."flags" (
	"name" text PRIMARY KEY NOT NULL,
	"percentage" smallint NOT NULL,
	"plans" jsonb NOT NULL,
	"on_for" jsonb NOT NULL,
	"off_for" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "control"."announcement_dismissals" (
	"announcement_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "announcement_dismissals_announcement_id_user_id_pk" PRIMARY KEY("announcement_id","user_id")
);
CREATE TABLE "control"."announcements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"link_url" text,
	"plans" jsonb NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "control"."announcement_dismissals" ADD CONSTRAINT "announcement_dismissals_announcement_id_announcements_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "control"."announcements"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."announcement_dismissals" ADD CONSTRAINT "announcement_dismissals_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "announcement_dismissals_user" ON "control"."announcement_dismissals" USING btree ("user_id");
CREATE INDEX "announcements_end" ON "control"."announcements" USING btree ("ends_at");
