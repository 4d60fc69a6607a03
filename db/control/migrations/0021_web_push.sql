CREATE TABLE "control"."push_subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"tenant_id" uuid,
	"sign_in_id" uuid NOT NULL,
	"endpoint" text NOT NULL,
	"p256dh" text NOT NULL,
	"auth" text NOT NULL,
	"vapid_key" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_success_at" timestamp (3) with time zone,
	CONSTRAINT "push_subscriptions_endpoint_unique" UNIQUE("endpoint")
);
CREATE TABLE "control"."vapid_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"public_key" text NOT NULL,
	"sealed_private_key" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "control"."push_subscriptions" ADD CONSTRAINT "push_subscriptions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "control"."push_subscriptions" ADD CONSTRAINT "push_subscriptions_membership" FOREIGN KEY ("tenant_id","user_id") REFERENCES "control"."memberships"("tenant_id","user_id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "push_subscriptions_user" ON "control"."push_subscriptions" USING btree ("user_id","created_at");
CREATE INDEX "push_subscriptions_sign_in" ON "control"."push_subscriptions" USING btree ("sign_in_id");
CREATE INDEX "push_subscriptions_member" ON "control"."push_subscriptions" USING btree ("tenant_id","user_id");

INSERT INTO "control"."tenant_jobs" ("name", "queue") VALUES ('web_push.notify', 'webhooks'), ('text.notify', 'email');
