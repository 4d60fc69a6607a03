import { z } from "zod";
import type { ActorKind } from "../../db/control/schema/audit.ts";
import { maskSecrets } from "./secrets.ts";

export type { ActorKind };

/** A line of an audit log, for people and programs. What the platform had to erase is null. */
export type LogEntry = {
  id: string;
  /** The entry's position in the log. */
  sequence: number;
  at: Date;
  action: string;
  /**
   * `staff` is the name of the person of the platform's staff who acted for the member, and `key` the API key that acted in the
   * member's name.
   */
  actor: {
    kind: ActorKind;
    id: string | null;
    name: string | null;
    staff: string | null;
    key: { id: string; name: string } | null;
  };
  subject: { type: string | null; id: string | null; name: string | null };
  changes: FieldChange[];
  /** What else is known. */
  details: Record<string, unknown>;
  /** The client's IP address. */
  address: string | null;
  requestId: string | null;
  /** The background job that made the change. */
  job: string | null;
};

/** A changed field. The log omits some values: then both are undefined. `field` is null if the entry is about a single value. */
export type FieldChange = { field: string | null; before?: unknown; after?: unknown };

/** A row as both logs have it. */
export type LogRow = {
  id: string;
  sequence: number;
  at: Date;
  action: string;
  actorId: string | null;
  actorName: string | null;
  subjectType: string | null;
  subjectId: string | null;
  subjectName: string | null;
  details: Record<string, unknown> | null;
  origin: unknown;
};

/** SQL in a tenant's transaction can write any origin. */
const originSchema = z.object({
  kind: z.enum(["member", "acting", "key", "job", "staff", "system", "visitor"] satisfies ActorKind[]),
  address: z.string().optional(),
  request_id: z.string().optional(),
  job: z.string().optional(),
  staff: z.string().optional(),
  key: z.object({ id: z.string(), name: z.string() }).optional(),
  operator: z.string().optional(),
});

export function toEntry(row: LogRow): LogEntry {
  const { actorId } = row;
  const origin = originSchema.safeParse(row.origin).data;
  // Lines that older versions wrote may have secrets.
  const { changes, details } = readChanges(maskSecrets(row.details ?? {}));
  return {
    id: row.id,
    sequence: row.sequence,
    at: row.at,
    action: row.action,
    actor: {
      kind: origin?.kind ?? (actorId ? "member" : "system"),
      id: actorId,
      name: origin?.operator ?? row.actorName,
      staff: origin?.staff ?? null,
      key: origin?.key ?? null,
    },
    subject: { type: row.subjectType, id: row.subjectId, name: row.subjectName },
    changes,
    details,
    address: origin?.address ?? null,
    requestId: origin?.request_id ?? null,
    job: origin?.job ?? null,
  };
}

type Details = Record<string, unknown>;

/** The changes in a line's details, and what else they say. */
function readChanges({ fields, from, to, ...others }: Details): { changes: FieldChange[]; details: Details } {
  const named = Object.entries(others).filter(([, value]) => isChange(value))
    .map(([field, value]) => changeOf(field, value as Details));
  return {
    changes: [...changesOf(fields, from, to), ...named],
    details: Object.fromEntries(Object.entries(others).filter(([, value]) => !isChange(value))),
  };
}

function changesOf(fields: unknown, from: unknown, to: unknown): FieldChange[] {
  if (!Array.isArray(fields)) {
    return from === undefined && to === undefined ? [] : [changeOf(null, { from, to })];
  }
  const [before, after] = [from, to].map((values) => isObject(values) ? values : {});
  return fields.map(String).map((field) => ({ field, before: before![field], after: after![field] }));
}

function changeOf(field: string | null, { from, to }: Details): FieldChange {
  return { field, before: from, after: to };
}

function isChange(value: unknown): boolean {
  return isObject(value) && "from" in value && "to" in value;
}

function isObject(value: unknown): value is Details {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
