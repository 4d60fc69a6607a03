CREATE TABLE "control"."api_key_secrets" (
	"hash" text PRIMARY KEY NOT NULL,
	"key_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone
);
CREATE TABLE "control"."api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"created_by" uuid NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"permissions" jsonb NOT NULL,
	"allowed_ips" jsonb NOT NULL,
	"requests_per_minute" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone
);
ALTER TABLE "control"."api_key_secrets" ADD CONSTRAINT "api_key_secrets_key_id_api_keys_id_fk" FOREIGN KEY ("key_id") REFERENCES "control"."api_keys"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."api_keys" ADD CONSTRAINT "api_keys_membership" FOREIGN KEY ("tenant_id","created_by") REFERENCES "control"."memberships"("tenant_id","user_id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "api_key_secrets_key" ON "control"."api_key_secrets" USING btree ("key_id");
CREATE INDEX "api_keys_created" ON "control"."api_keys" USING btree ("tenant_id","created_at","id");
CREATE INDEX "api_keys_creator" ON "control"."api_keys" USING btree ("created_by");
