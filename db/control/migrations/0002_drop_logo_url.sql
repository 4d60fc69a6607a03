ALTER TABLE "control"."tenants" DROP COLUMN "logo_url";
