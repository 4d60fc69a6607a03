ALTER TABLE "control"."tenants" ADD COLUMN "logo_version" text;
