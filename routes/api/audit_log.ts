import { z } from "zod";
import { AUDIT_LIST, listAudit } from "../../src/audit/entries.ts";
import type { LogEntry } from "../../src/audit/entry.ts";
import { model } from "../operation_document.ts";
import { snakeCase } from "../wire.ts";
import { tenantResource } from "./audiences.ts";

const entry = model("AuditEntry", {
  id: z.uuid(),
  sequence: z.int(),
  at: z.iso.datetime(),
  action: z.string(),
  actor: z.object({
    type: z.enum(["member", "acting", "key", "job", "staff", "system", "visitor"]),
    id: z.uuid().nullable(),
    name: z.string().nullable(),
    /** The person of the platform's staff who acted for the member. */
    staff: z.string().nullable(),
    /** The API key that acted in the name of the member. */
    key: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  }),
  subject: z.object({
    type: z.string().nullable(),
    id: z.uuid().nullable(),
    name: z.string().nullable(),
  }),
  changes: z.array(z.object({
    field: z.string().nullable(),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
  })),
  details: z.record(z.string(), z.unknown()),
  ipAddress: z.string().nullable(),
  requestId: z.string().nullable(),
});

const auditLog = tenantResource("Audit log");
export default auditLog;

auditLog.list("/audit-log", {
  operationId: "listAuditLog",
  summary: "List the entries of the audit log",
  description:
    "Newest first. `actor` is a user's ID, or `staff`, `job` or `system`. `since` and `until` are days or times. Needs the permission `audit:read` and a plan with `audit_log`.",
  list: AUDIT_LIST,
  name: "AuditLog",
  item: entry,
  answer: "A page of entries",
  run: async (ctx, query) => {
    const { items, nextCursor } = await listAudit(ctx, query);
    return { items: items.map(toWireEntry), nextCursor };
  },
});

function toWireEntry({ actor, changes, address, ...entry }: LogEntry) {
  return {
    ...entry,
    actor: { type: actor.kind, id: actor.id, name: actor.name, staff: actor.staff, key: actor.key },
    changes: changes.map((change) => ({ ...change, field: change.field && snakeCase(change.field) })),
    ipAddress: address,
  };
}
