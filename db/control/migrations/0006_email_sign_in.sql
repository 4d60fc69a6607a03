CREATE TABLE "control"."email_sign_ins" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"email" text NOT NULL,
	"tenant_id" uuid,
	"remember" boolean NOT NULL,
	"next" text,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "email_sign_ins_token_hash_unique" UNIQUE("token_hash")
);
CREATE TABLE "control"."known_devices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"browser" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "known_devices_user_browser" UNIQUE("user_id","browser")
);
ALTER TABLE "control"."email_sign_ins" ADD CONSTRAINT "email_sign_ins_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."known_devices" ADD CONSTRAINT "known_devices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "email_sign_ins_email" ON "control"."email_sign_ins" USING btree ("email","created_at");
CREATE INDEX "email_sign_ins_created" ON "control"."email_sign_ins" USING btree ("created_at");
CREATE INDEX "known_devices_seen" ON "control"."known_devices" USING btree ("last_seen_at");
