-- Names and descriptions are stored composed (NFC) from now on, so that a search finds them however they were typed.
DO $$
BEGIN
  IF getdatabaseencoding() <> 'UTF8' THEN RETURN; END IF; -- no other encoding can be normalized
  UPDATE "projects" SET "name" = normalize("name", NFC), "description" = normalize("description", NFC)
    WHERE "name" IS NOT NFC NORMALIZED OR "description" IS NOT NFC NORMALIZED;
END $$;
