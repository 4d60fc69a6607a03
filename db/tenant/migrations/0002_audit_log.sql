ALTER TABLE "audit_log" ADD COLUMN "origin" jsonb;
CREATE INDEX "audit_log_actor" ON "audit_log" USING btree ("actor_id","at","id");
CREATE INDEX "audit_log_action" ON "audit_log" USING btree ("action","at","id");
