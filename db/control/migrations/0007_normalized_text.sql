-- Names are stored composed (NFC) from now on, so that a search finds them however they were typed.
DO $$
BEGIN
  IF getdatabaseencoding() <> 'UTF8' THEN RETURN; END IF; -- no other encoding can be normalized
  UPDATE "control"."tenants" SET "name" = normalize("name", NFC) WHERE "name" IS NOT NFC NORMALIZED;
  UPDATE "control"."users" SET "name" = normalize("name", NFC) WHERE "name" IS NOT NFC NORMALIZED;
END $$;
