CREATE TABLE "control"."mailbox_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"to_name" text NOT NULL,
	"to_address" text NOT NULL,
	"from_name" text NOT NULL,
	"from_address" text NOT NULL,
	"subject" text NOT NULL,
	"html" text NOT NULL,
	"text" text NOT NULL,
	"headers" jsonb NOT NULL,
	"tenant_id" uuid,
	"message" text NOT NULL
);

--> statement-breakpoint
CREATE TABLE "control"."suppressed_addresses" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address" text NOT NULL,
	"reason" text NOT NULL,
	"detail" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "suppressed_addresses_address_unique" UNIQUE("address")
);

--> statement-breakpoint
ALTER TABLE "control"."mailbox_messages" ADD CONSTRAINT "mailbox_messages_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "mailbox_messages_newest" ON "control"."mailbox_messages" USING btree ("at","id");
--> statement-breakpoint
CREATE INDEX "mailbox_messages_to" ON "control"."mailbox_messages" USING btree ("to_address","at","id");
--> statement-breakpoint
CREATE INDEX "mailbox_messages_tenant" ON "control"."mailbox_messages" USING btree ("tenant_id");
--> statement-breakpoint
CREATE INDEX "suppressed_addresses_created" ON "control"."suppressed_addresses" USING btree ("created_at","id");
--> statement-breakpoint
CREATE TABLE "control"."email_opt_outs" (
	"user_id" uuid NOT NULL,
	"category" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "email_opt_outs_user_id_category_pk" PRIMARY KEY("user_id","category")
);

--> statement-breakpoint
ALTER TABLE "control"."tenants" ADD COLUMN "brand_color" text;
--> statement-breakpoint
ALTER TABLE "control"."tenants" ADD COLUMN "logo_url" text;
--> statement-breakpoint
ALTER TABLE "control"."users" ADD COLUMN "email_verified_at" timestamp (3) with time zone;
--> statement-breakpoint
ALTER TABLE "control"."email_opt_outs" ADD CONSTRAINT "email_opt_outs_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "control"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "one_time_tokens_user" ON "control"."one_time_tokens" USING btree ("user_id");
