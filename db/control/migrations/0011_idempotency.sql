CREATE TABLE "control"."idempotency_keys" (
	"scope_hash" text PRIMARY KEY NOT NULL,
	"tenant_id" uuid,
	"request_hash" text NOT NULL,
	"claim_id" uuid NOT NULL,
	"claimed_until" timestamp (3) with time zone NOT NULL,
	"sealed_answer" text,
	"expires_at" timestamp (3) with time zone NOT NULL
);
ALTER TABLE "control"."tenants" ADD COLUMN "api_origins" text[] DEFAULT '{}' NOT NULL;
ALTER TABLE "control"."idempotency_keys" ADD CONSTRAINT "idempotency_keys_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "idempotency_keys_tenant" ON "control"."idempotency_keys" USING btree ("tenant_id");
CREATE INDEX "idempotency_keys_expiry" ON "control"."idempotency_keys" USING btree ("expires_at");

-- API: what a request stores in the transaction of its change.
CREATE SCHEMA "api";
GRANT USAGE ON SCHEMA "api" TO PUBLIC;

-- Stores the encrypted answer to the request that holds an idempotency key. Returns false if the request no longer holds it. A
-- tenant's role stores answers to its own tenant's requests only, and guesses neither the key's hash nor the claim.
CREATE FUNCTION "api"."store_answer"("scope" text, "claim" uuid, "answer" text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  acting text := current_setting('role');
  is_tenant boolean := acting LIKE 'tenant\_%';
  own uuid;
BEGIN
  IF is_tenant THEN
    SELECT t.id INTO own FROM control.tenants t WHERE t.schema_name = acting;
  ELSIF session_user <> current_user AND NOT EXISTS (SELECT FROM control.installation i WHERE i.login = session_user) THEN
    RAISE EXCEPTION 'This login stores no answers.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE control.idempotency_keys k SET sealed_answer = answer
  WHERE k.scope_hash = scope AND k.claim_id = claim AND (NOT is_tenant OR k.tenant_id = own);
  RETURN FOUND;
END $$;
