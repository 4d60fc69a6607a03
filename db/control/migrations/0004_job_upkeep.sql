CREATE INDEX "outbox_resting" ON "control"."outbox" USING btree ("state","id") WHERE "control"."outbox"."state" in ('failed', 'held');
--> statement-breakpoint
-- Removes a job that has not begun, whoever's it is; with a tenant, or for a tenant's role, only where it is that tenant's.
-- False where there was none.
CREATE FUNCTION "jobs"."cancel"("job" uuid, "tenant" uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  own uuid := tenant;
BEGIN
  IF acting LIKE 'tenant\_%' THEN
    SELECT t.id INTO own FROM control.tenants t WHERE t.schema_name = acting;
    IF own IS NULL THEN
      RAISE EXCEPTION 'A tenant cancels jobs of its own only.' USING ERRCODE = 'insufficient_privilege';
    END IF;
  ELSIF session_user <> current_user AND NOT EXISTS (SELECT FROM control.installation i WHERE i.login = session_user) THEN
    RAISE EXCEPTION 'This login cancels no jobs.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  DELETE FROM control.outbox o
  WHERE o.id = job AND o.state IN ('waiting', 'ready', 'handed', 'held') AND (own IS NULL OR o.tenant_id = own);
  RETURN FOUND;
END $$;
