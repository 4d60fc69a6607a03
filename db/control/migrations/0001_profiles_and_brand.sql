ALTER TABLE "control"."memberships" ADD COLUMN "last_seen_at" timestamp (3) with time zone;
ALTER TABLE "control"."memberships" ADD COLUMN "setup_dismissed_at" timestamp (3) with time zone;
ALTER TABLE "control"."tenants" ADD COLUMN "logo_version" text;
ALTER TABLE "control"."users" ADD COLUMN "theme" text DEFAULT 'system' NOT NULL;
ALTER TABLE "control"."users" ADD COLUMN "locale" text;
ALTER TABLE "control"."users" ADD COLUMN "avatar_color" text;
