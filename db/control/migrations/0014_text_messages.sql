ALTER TABLE "control"."mailbox_messages" ADD COLUMN "channel" text DEFAULT 'email' NOT NULL;
ALTER TABLE "control"."challenges" ADD COLUMN "texted_at" timestamp (3) with time zone;
