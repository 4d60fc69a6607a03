import { sql } from "drizzle-orm";
import { Buffer } from "node:buffer";
import type { MigratorTx } from "../../db/migration/migrator.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import { sha256 } from "../platform/crypto.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import type { ArchiveTable } from "./archive_table.ts";
import { rowsOf } from "./read_archive.ts";

const UUID_START = 13;

/** What the rows of an archive need to fit in here. */
export type Arrival = {
  tenantId: TenantId;
  /** The ids that members had, and have here. Only those that differ. */
  people: Map<string, UserId>;
  members: Set<string>;
  /** Whether the workspace that the archive is of exists here, so that its ids are taken. */
  hasOriginal: boolean;
};

/** The rows of a part as JSON, as they fit in here. Rows that need no change keep their text. */
export function arriving(
  { services }: SystemContext,
  table: ArchiveTable,
  bytes: Uint8Array,
  arrival: Arrival,
  files: Map<string, Uint8Array>,
): string[] {
  const { lines, rows } = rowsOf(bytes);
  const { rule, columns } = table;
  const binary = columns.filter(({ type }) => type === "bytea").map(({ name }) => name);
  if (rule && (rule.arrive || rule.people || (rule.ids && arrival.hasOriginal))) {
    return rows.map((row) => {
      const moved = { ...row };
      for (const name of rule.ids ?? []) {
        if (typeof row[name] === "string") moved[name] = sharedId(arrival, row[name]);
      }
      for (const name of rule.people ?? []) moved[name] = personHere(arrival, row[name]);
      return JSON.stringify(rule.arrive?.(moved, services) ?? moved);
    });
  }
  if (binary.length > 0) {
    return rows.map((row) => {
      const whole = Object.entries(row).map(([name, value]) => {
        if (!binary.includes(name) || value === null) return [name, value];
        const file = files.get(String(value));
        if (!file) throw new Error(`The file ${value} is missing.`);
        return [name, "\\x" + Buffer.from(file).toString("hex")];
      });
      return JSON.stringify(Object.fromEntries(whole));
    });
  }
  // Each line of the audit log has a hash of its text, so it keeps the ids that it was written with.
  if (table.name === "audit_log" || arrival.people.size === 0) return lines;
  return lines.map((line) =>
    line.replace(/"([0-9a-f-]{36})"/g, (text, id: string) => {
      const here = arrival.people.get(id);
      return here ? `"${here}"` : text;
    })
  );
}

/** Inserts rows of a part, which are JSON. */
export async function insertRows(
  tx: MigratorTx,
  { area, name, rule }: ArchiveTable,
  columns: readonly string[],
  rows: readonly string[],
  { tenantId }: Arrival,
): Promise<void> {
  if (rows.length === 0) return;
  const json = `[${rows.join(",")}]`;
  if (area === "stream") {
    const names = sql.param(`{${columns.join(",")}}`);
    return void await tx.execute(
      sql`select stream.import_rows(${name}, ${tenantId}::uuid, ${names}::text[], ${json}::jsonb)`,
    );
  }
  const filled = rule?.arrive ? Object.keys(JSON.parse(rows[0]!)) : [];
  const names = sql.join(
    [...new Set([...columns, ...filled])].map((column) => sql.identifier(column)),
    sql`, `,
  );
  const table = area === "control" ? sql`control.${sql.identifier(name)}` : sql`${sql.identifier(name)}`;
  const tenant = area === "control" ? [sql`tenant_id, `, sql`${tenantId}::uuid, `] as const : [sql``, sql``];
  await tx.execute(sql`insert into ${table} (${tenant[0]}${names})
    select ${tenant[1]}${names} from jsonb_populate_recordset(null::${table}, ${json}::jsonb)`);
}

function personHere({ people, members }: Arrival, id: unknown): UserId | null {
  return typeof id === "string" && members.has(id) ? people.get(id) ?? id as UserId : null;
}

/** An id that no other tenant has: the same one, or beside the original another one with the same time. */
export function sharedId({ hasOriginal, tenantId }: Arrival, id: string): string {
  if (!hasOriginal) return id;
  const hash = sha256(`${tenantId} ${id}`);
  return `${id.slice(0, UUID_START)}-7${hash.slice(0, 3)}-a${hash.slice(3, 6)}-${hash.slice(6, 18)}`;
}
