CREATE TABLE "control"."challenges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"purpose" text NOT NULL,
	"user_id" uuid NOT NULL,
	"first_method" text DEFAULT 'password' NOT NULL,
	"tenant_id" uuid,
	"remember" boolean DEFAULT false NOT NULL,
	"next" text,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"emailed_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "challenges_token_hash_unique" UNIQUE("token_hash")
);
CREATE TABLE "control"."factor_attempts" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer NOT NULL
);
CREATE TABLE "control"."factors" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"type" text NOT NULL,
	"name" text NOT NULL,
	"sealed_secret" text,
	"last_step" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone
);
CREATE TABLE "control"."recovery_codes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"code_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
CREATE TABLE "control"."trusted_browsers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "trusted_browsers_token_hash_unique" UNIQUE("token_hash")
);
ALTER TABLE "control"."refresh_tokens" ADD COLUMN "authenticated_at" timestamp (3) with time zone DEFAULT 'epoch' NOT NULL;
ALTER TABLE "control"."refresh_tokens" ADD COLUMN "methods" text[] DEFAULT '{}' NOT NULL;
ALTER TABLE "control"."sessions" ADD COLUMN "authenticated_at" timestamp (3) with time zone DEFAULT 'epoch' NOT NULL;
ALTER TABLE "control"."sessions" ADD COLUMN "methods" text[] DEFAULT '{}' NOT NULL;
ALTER TABLE "control"."tenants" ADD COLUMN "second_factor_from" timestamp (3) with time zone;
ALTER TABLE "control"."challenges" ADD CONSTRAINT "challenges_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."challenges" ADD CONSTRAINT "challenges_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."factor_attempts" ADD CONSTRAINT "factor_attempts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."factors" ADD CONSTRAINT "factors_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."recovery_codes" ADD CONSTRAINT "recovery_codes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."trusted_browsers" ADD CONSTRAINT "trusted_browsers_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "challenges_user" ON "control"."challenges" USING btree ("user_id");
CREATE INDEX "challenges_expiry" ON "control"."challenges" USING btree ("expires_at");
CREATE INDEX "factors_user" ON "control"."factors" USING btree ("user_id");
CREATE INDEX "recovery_codes_user" ON "control"."recovery_codes" USING btree ("user_id");
CREATE INDEX "trusted_browsers_user" ON "control"."trusted_browsers" USING btree ("user_id");
CREATE INDEX "trusted_browsers_expiry" ON "control"."trusted_browsers" USING btree ("expires_at");
