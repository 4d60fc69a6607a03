-- A line of an audit log also says where the change came from.
ALTER TYPE "audit"."line" ADD ATTRIBUTE "origin" jsonb;

-- What a line says, with its salt. Lines without an origin have the hash that they had before.
CREATE OR REPLACE FUNCTION "audit"."content_hash"("line" audit.line) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to((jsonb_build_array(line.salt, line.actor_id, line.actor_name, line.subject_type,
    line.subject_id, line.subject_name, line.details)
    || CASE WHEN line.origin IS NULL THEN '[]' ELSE jsonb_build_array(line.origin) END)::text, 'UTF8')), 'hex')
$$;

-- Adds a line to the log of the tenant whose role calls it, in the name of a member or of the product itself. Locks the
-- tenant's row until the transaction ends, so one transaction at a time adds to a log.
CREATE OR REPLACE FUNCTION "audit"."append"("entry" jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  own uuid;
  member text;
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
  PERFORM audit.insert_line(acting, entry || jsonb_build_object('actor_name', coalesce(member, 'System')));
END $$;

-- Adds a line to the platform's log, for the application's login and the one that migrates.
CREATE OR REPLACE FUNCTION "audit"."append_platform"("entry" jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  last record;
BEGIN
  IF current_setting('role') <> 'none'
    OR session_user <> current_user AND NOT EXISTS (SELECT FROM control.installation i WHERE i.login = session_user) THEN
    RAISE EXCEPTION 'Only the application''s login adds to the platform''s log.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM FROM control.locks l WHERE l.name = 'audit_log' FOR UPDATE;
  SELECT a.sequence, a.hash INTO last FROM control.audit_log a ORDER BY a.sequence DESC LIMIT 1;
  INSERT INTO control.audit_log (id, sequence, at, action, actor_id, actor_name, subject_type, subject_id, subject_name,
    details, salt, content_hash, previous_hash, hash, origin)
  SELECT l.* FROM audit.compose(entry, last.sequence, last.hash) l;
END $$;
