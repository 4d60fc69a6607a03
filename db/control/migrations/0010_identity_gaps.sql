DROP INDEX "control"."support_visits_tenant";
CREATE INDEX "support_visits_tenant" ON "control"."support_visits" USING btree ("tenant_id","started_at","id");
-- Adds a line to the log of the tenant whose role calls it, in the name of a member, of the platform's staff who act for one in an
-- open visit, or of the product itself. Locks the tenant's row until the transaction ends, so one transaction at a time adds to a log.
CREATE OR REPLACE FUNCTION "audit"."append"("entry" jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  own uuid;
  member text;
  staff text;
BEGIN
  SELECT t.id, u.name INTO own, member FROM control.tenants t
    LEFT JOIN control.memberships m ON m.tenant_id = t.id AND m.user_id = (entry ->> 'actor_id')::uuid
    LEFT JOIN control.users u ON u.id = m.user_id
  WHERE t.schema_name = acting FOR NO KEY UPDATE OF t;
  IF own IS NULL THEN
    RAISE EXCEPTION 'A tenant adds to its own audit log only.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF entry ->> 'actor_id' IS NOT NULL AND member IS NULL THEN
    RAISE EXCEPTION 'The actor is not a member of this workspace.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF entry #>> '{origin,kind}' = 'staff' THEN
    RAISE EXCEPTION 'A tenant adds no line in the name of the platform''s staff.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  entry := entry #- '{origin,staff}' || jsonb_build_object('actor_name', coalesce(member, 'System'));
  IF entry #>> '{origin,kind}' = 'acting' THEN
    SELECT u.name INTO staff FROM control.support_visits v JOIN control.users u ON u.id = v.staff_id
    WHERE v.id = (entry ->> 'visit_id')::uuid AND v.tenant_id = own AND v.member_id = (entry ->> 'actor_id')::uuid
      AND v.ended_at IS NULL AND v.expires_at > (entry ->> 'at')::timestamptz;
    IF staff IS NULL THEN
      RAISE EXCEPTION 'No open support visit acts for this member.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    entry := jsonb_set(entry, '{origin,staff}', to_jsonb(staff));
  END IF;
  PERFORM audit.insert_line(acting, entry);
END $$;
