ALTER TABLE "control"."suppressed_addresses" ADD COLUMN "tenant_ids" uuid[];
ALTER TABLE "control"."sending_domains" ADD COLUMN "missing_since" timestamp (3) with time zone;
