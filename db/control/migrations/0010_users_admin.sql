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
