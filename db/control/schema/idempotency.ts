import { index, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { control } from "./control.ts";
import { tenants } from "./tenants.ts";

/** API requests with an `Idempotency-Key`: those that run, and the answers of those that have ended. */
export const idempotencyKeys = control.table("idempotency_keys", {
  /** SHA-256 of the tenant, the actor and the key. */
  scopeHash: text("scope_hash").primaryKey(),
  /** Null for a request about the caller's account. */
  tenantId: uuid("tenant_id").$type<TenantId>().references(() => tenants.id, { onDelete: "cascade" }),
  /** HMAC of the method, path and body. A body may contain a password, so a plain hash won't do. */
  requestHash: text("request_hash").notNull(),
  /** The request that holds the key. */
  claimId: uuid("claim_id").notNull(),
  /** After that, a request without an answer has failed, and another one may run. */
  claimedUntil: moment("claimed_until").notNull(),
  /** The answer, encrypted with `APP_SECRET`. Null while the request runs. */
  sealedAnswer: text("sealed_answer"),
  expiresAt: moment("expires_at").notNull(),
}, (table) => [
  index("idempotency_keys_tenant").on(table.tenantId),
  index("idempotency_keys_expiry").on(table.expiresAt),
]);
