CREATE TABLE "control"."billing_trial_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"sealed_key" text NOT NULL
);
