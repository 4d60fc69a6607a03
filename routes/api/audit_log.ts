import { z } from "zod";
import { AUDIT_LIST, listAudit } from "../../src/audit/entries.ts";
import type { LogEntry } from "../../src/audit/entry.ts";
import { AUDIT_READ } from "../../src/audit/permissions.ts";
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
}, {
  id: "0198c0de-9e3f-7041-8c5d-6e7f8a9b0c1d",
  sequence: 42,
  at: "2026-03-02T09:00:00.000Z",
  action: "project.updated",
  actor: {
    type: "member",
    id: "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
    name: "Ada Marino",
    staff: null,
    key: null,
  },
  subject: { type: "project", id: "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01", name: "Warehouse move" },
  changes: [{ field: "status", before: "active", after: "archived" }],
  details: {},
  ipAddress: "192.0.2.17",
  requestId: "0198c0de-9e3e-7f12-8a3b-4c5d6e7f8a9b",
});

const auditLog = tenantResource("Audit log", "What was done in the tenant: by whom, when, and from where.");
export default auditLog;

auditLog.list("/audit-log", {
  operationId: "listAuditLog",
  summary: "List the entries of the audit log",
  description:
    "Newest first. `actor` is a user's ID, or `staff`, `job` or `system`. `since` and `until` are days or times. Needs the permission `audit:read` and a plan with `audit_log`.",
  permission: AUDIT_READ,
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
