import type { AUDIT_LIST } from "../src/audit/entries.ts";
import type { LogEntry } from "../src/audit/entry.ts";
import { sentencePartsOf } from "../src/events/sentence.ts";
import type { Column } from "../src/platform/csv.ts";
import type { ListQuery } from "../src/platform/list.ts";
import type { Translate } from "../src/platform/wording.ts";
import type { Services } from "../src/ports.ts";
import type { AuditView } from "../views/pages/audit/audit_address.ts";
import type { ShownEntry } from "../views/pages/audit/audit_row.tsx";

/** About how many entries of a log one request verifies. Takes about half a second. */
export const LINES_PER_REQUEST = 10_000;

/** An audit log as a CSV file. */
export const AUDIT_COLUMNS: Column<LogEntry>[] = [
  { heading: "Entry", cell: ({ sequence }) => sequence },
  { heading: "Time", cell: ({ at }) => at },
  { heading: "Actor", cell: ({ actor }) => actor.name },
  { heading: "Actor type", cell: ({ actor }) => actor.kind },
  { heading: "Actor ID", cell: ({ actor }) => actor.id },
  { heading: "Action", cell: ({ action }) => action },
  { heading: "Subject type", cell: ({ subject }) => subject.type },
  { heading: "Subject", cell: ({ subject }) => subject.name },
  { heading: "Subject ID", cell: ({ subject }) => subject.id },
  { heading: "Changes", cell: ({ changes }) => jsonOrNothing(changes) },
  { heading: "Details", cell: ({ details }) => jsonOrNothing(details) },
  { heading: "IP address", cell: ({ address }) => address },
  { heading: "Request ID", cell: ({ requestId }) => requestId },
  { heading: "Support", cell: ({ actor }) => actor.staff },
  { heading: "API key", cell: ({ actor }) => actor.key?.name ?? null },
];

/** What the list shows, as its filter needs it. */
export function auditViewOf(
  { actor = "all", action = "all", subject = "", since = "", until = "", sort }: ListQuery<typeof AUDIT_LIST>,
): AuditView {
  return { actor, action, subject, since, until, sort };
}

/** An entry with its sentence. */
export function toShown({ events }: Services, entry: LogEntry, translate: Translate): ShownEntry {
  const line = { action: entry.action, subjectName: entry.subject.name, details: valuesOf(entry) };
  const summary = sentencePartsOf(events, line, translate).map(({ text, isSubject }) => ({
    text,
    isName: isSubject,
  }));
  return { ...entry, summary };
}

/** What a sentence can name: the details, and the values of a single change. */
function valuesOf({ details, changes }: LogEntry): Record<string, unknown> {
  const single = changes.find(({ field }) => field === null);
  return { ...details, ...(single && { from: single.before, to: single.after }) };
}

function jsonOrNothing(value: object): string | null {
  return Object.keys(value).length > 0 ? JSON.stringify(value) : null;
}
