CREATE TABLE "control"."billing_accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid,
	"gateway" text NOT NULL,
	"customer_id" text,
	"email" text,
	"generation" integer DEFAULT 0 NOT NULL,
	"synced_generation" integer DEFAULT 0 NOT NULL,
	"synced_at" timestamp (3) with time zone,
	"snapshot" jsonb,
	"subscription_id" text,
	"status" text,
	"plan" text,
	"plan_version" integer,
	"billing_cycle" text,
	"seats" integer,
	"monthly_revenue" integer DEFAULT 0 NOT NULL,
	"currency" text,
	"current_period_end" timestamp (3) with time zone,
	"cancel_at" timestamp (3) with time zone,
	"past_due_since" timestamp (3) with time zone,
	"trial_plan" text,
	"trial_plan_version" integer,
	"trial_ends_at" timestamp (3) with time zone,
	"granted_plan" text,
	"granted_plan_version" integer,
	"granted_until" timestamp (3) with time zone,
	"clock_ahead" integer DEFAULT 0 NOT NULL,
	"checkout_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_accounts_tenant_id_unique" UNIQUE("tenant_id")
);
CREATE TABLE "control"."billing_events" (
	"id" text PRIMARY KEY NOT NULL,
	"gateway" text NOT NULL,
	"type" text NOT NULL,
	"account_id" uuid,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "control"."billing_invoices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"gateway_id" text NOT NULL,
	"number" text,
	"status" text NOT NULL,
	"currency" text NOT NULL,
	"total" integer NOT NULL,
	"amount_due" integer NOT NULL,
	"amount_paid" integer NOT NULL,
	"amount_refunded" integer NOT NULL,
	"is_disputed" boolean DEFAULT false NOT NULL,
	"period_start" timestamp (3) with time zone NOT NULL,
	"period_end" timestamp (3) with time zone NOT NULL,
	"lines" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failure" text,
	"needs_action" boolean DEFAULT false NOT NULL,
	"pay_url" text,
	"pdf_url" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"paid_at" timestamp (3) with time zone,
	CONSTRAINT "billing_invoices_gateway_id_unique" UNIQUE("gateway_id")
);
CREATE TABLE "control"."billing_movements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"plan_before" text,
	"plan_after" text,
	"revenue_before" integer NOT NULL,
	"revenue_after" integer NOT NULL,
	"currency" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "control"."billing_notices" (
	"account_id" uuid NOT NULL,
	"key" text NOT NULL,
	"sent_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "billing_notices_account_id_key_pk" PRIMARY KEY("account_id","key")
);
CREATE TABLE "control"."billing_trials" (
	"address_hash" text PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"started_at" timestamp (3) with time zone NOT NULL
);
CREATE TABLE "control"."sandbox_customers" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"state" jsonb NOT NULL,
	"clock_ahead" integer DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sandbox_customers_account_id_unique" UNIQUE("account_id")
);
ALTER TABLE "control"."tenants" ADD COLUMN "plan_version" integer DEFAULT 1 NOT NULL;
ALTER TABLE "control"."tenants" ADD COLUMN "plan_until" timestamp (3) with time zone;
ALTER TABLE "control"."tenants" ADD COLUMN "restricted_from" timestamp (3) with time zone;
ALTER TABLE "control"."tenants" ADD COLUMN "overrides" jsonb DEFAULT '[]'::jsonb NOT NULL;
ALTER TABLE "control"."billing_accounts" ADD CONSTRAINT "billing_accounts_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE set null ON UPDATE no action;
ALTER TABLE "control"."billing_events" ADD CONSTRAINT "billing_events_account_id_billing_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "control"."billing_accounts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "control"."billing_invoices" ADD CONSTRAINT "billing_invoices_account_id_billing_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "control"."billing_accounts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "control"."billing_movements" ADD CONSTRAINT "billing_movements_account_id_billing_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "control"."billing_accounts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "control"."billing_notices" ADD CONSTRAINT "billing_notices_account_id_billing_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "control"."billing_accounts"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "control"."billing_trials" ADD CONSTRAINT "billing_trials_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE set null ON UPDATE no action;
ALTER TABLE "control"."sandbox_customers" ADD CONSTRAINT "sandbox_customers_account_id_billing_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "control"."billing_accounts"("id") ON DELETE cascade ON UPDATE no action;
CREATE UNIQUE INDEX "billing_accounts_customer" ON "control"."billing_accounts" USING btree ("gateway","customer_id") WHERE "control"."billing_accounts"."customer_id" is not null;
CREATE INDEX "billing_accounts_trial_end" ON "control"."billing_accounts" USING btree ("trial_ends_at") WHERE "control"."billing_accounts"."trial_ends_at" is not null;
CREATE INDEX "billing_accounts_past_due" ON "control"."billing_accounts" USING btree ("past_due_since") WHERE "control"."billing_accounts"."past_due_since" is not null;
CREATE INDEX "billing_accounts_unsynced" ON "control"."billing_accounts" USING btree ("id") WHERE "control"."billing_accounts"."generation" > "control"."billing_accounts"."synced_generation";
CREATE INDEX "billing_events_account" ON "control"."billing_events" USING btree ("account_id","received_at","id");
CREATE INDEX "billing_events_received" ON "control"."billing_events" USING btree ("received_at");
CREATE INDEX "billing_invoices_account" ON "control"."billing_invoices" USING btree ("account_id","created_at","id");
CREATE INDEX "billing_invoices_created" ON "control"."billing_invoices" USING btree ("created_at");
CREATE INDEX "billing_movements_account" ON "control"."billing_movements" USING btree ("account_id","at","id");
CREATE INDEX "billing_movements_at" ON "control"."billing_movements" USING btree ("at");
CREATE INDEX "billing_trials_user" ON "control"."billing_trials" USING btree ("user_id") WHERE "control"."billing_trials"."user_id" is not null;
CREATE INDEX "tenants_plan_until" ON "control"."tenants" USING btree ("plan_until") WHERE "control"."tenants"."plan_until" is not null;
