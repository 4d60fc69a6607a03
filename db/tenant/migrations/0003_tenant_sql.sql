DROP INDEX "projects_name";
--> statement-breakpoint
CREATE INDEX "projects_name" ON "projects" USING btree ("name" collate "und-x-icu","id");
--> statement-breakpoint
-- Lines are added by the database's function audit.append alone, which stamps tenant, sequence and hashes.
DO $$ BEGIN EXECUTE format('REVOKE INSERT ON audit_log FROM %I', current_schema()); END $$;
