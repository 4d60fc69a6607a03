ALTER TABLE "audit_log" ADD COLUMN "sequence" bigint, ADD COLUMN "details" jsonb DEFAULT '{}'::jsonb NOT NULL,
  ADD COLUMN "salt" text, ADD COLUMN "content_hash" text, ADD COLUMN "previous_hash" text, ADD COLUMN "hash" text;
--> statement-breakpoint
-- Rows that are there already get their place in the chain, in the order in which they were written.
DO $$
DECLARE entry audit_log; place bigint := 0; before text := '';
BEGIN
  FOR entry IN SELECT * FROM audit_log ORDER BY at, id LOOP
    place := place + 1;
    entry.salt := gen_random_uuid()::text;
    entry.content_hash := encode(sha256(convert_to(jsonb_build_array(entry.salt, entry.actor_id, entry.actor_name,
      entry.subject_type, entry.subject_id, entry.subject_name, entry.details)::text, 'UTF8')), 'hex');
    entry.hash := encode(sha256(convert_to(jsonb_build_array(before, place, entry.id,
      to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), entry.action, entry.content_hash)::text,
      'UTF8')), 'hex');
    UPDATE audit_log SET sequence = place, salt = entry.salt, content_hash = entry.content_hash,
      previous_hash = before, hash = entry.hash WHERE id = entry.id;
    before := entry.hash;
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE "audit_log" ALTER COLUMN "sequence" SET NOT NULL, ALTER COLUMN "salt" SET NOT NULL,
  ALTER COLUMN "content_hash" SET NOT NULL, ALTER COLUMN "previous_hash" SET NOT NULL, ALTER COLUMN "hash" SET NOT NULL,
  ADD CONSTRAINT "audit_log_sequence_unique" UNIQUE("sequence");
