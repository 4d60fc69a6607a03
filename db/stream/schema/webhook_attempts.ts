import { integer, jsonb, primaryKey, smallint, text, uuid } from "drizzle-orm/pg-core";
import { moment } from "../../columns.ts";
import type { TenantId } from "../../ids.ts";
import { ownRows, stream } from "./stream.ts";

/** Every attempt to deliver a webhook: what was sent besides the body, and what came back. */
export const webhookAttempts = stream.table(
  "webhook_attempts",
  {
    tenantId: uuid("tenant_id").$type<TenantId>().notNull(),
    deliveryId: uuid("delivery_id").notNull(),
    /** From 1. */
    number: integer("number").notNull(),
    at: moment("at").notNull(),
    durationMs: integer("duration_ms").notNull(),
    /** The headers of the request, without the values that may be credentials. */
    requestHeaders: jsonb("request_headers").$type<Record<string, string>>().notNull(),
    /** Null if no response arrived. */
    responseStatus: smallint("response_status"),
    responseHeaders: jsonb("response_headers").$type<Record<string, string>>(),
    /** Up to 64 KB of the response, as text. */
    responseBody: text("response_body"),
    /** Why it failed, in a word; null if it didn't. */
    error: text("error"),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.deliveryId, table.number, table.at] }), ownRows()],
);
