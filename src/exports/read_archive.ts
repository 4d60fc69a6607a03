import { createTarDecoder } from "modern-tar";
import { type DomainError, invalid } from "../errors.ts";
import { sha256OfBytes } from "../platform/crypto.ts";
import { problem } from "../platform/problem.ts";
import type { ArchiveTable } from "./archive_table.ts";
import {
  FILE_NAME,
  FORMAT_VERSION,
  MANIFEST,
  type Manifest,
  manifestSchema,
  MAX_MEMBER_BYTES,
  PART_NAME,
} from "./manifest.ts";

const ARCHIVE_UNREADABLE = problem(
  "archive_unreadable",
  "This isn't a complete workspace archive. Export the workspace again.",
);
const ARCHIVE_MEMBER = problem("archive_member", "The archive contains {name}, which no export contains.");
const ARCHIVE_MEMBER_TWICE = problem("archive_member_twice", "The archive contains {name} twice.");
const ARCHIVE_MEMBER_TOO_LARGE = problem(
  "archive_member_too_large",
  "{name} in the archive has more than {megabytes} MB.",
);
const ARCHIVE_INCOMPLETE = problem("archive_incomplete", "The archive lacks {name}.");
const ARCHIVE_CHANGED = problem(
  "archive_changed",
  "{name} in the archive was changed or damaged. Its checksum doesn't match.",
);
const ARCHIVE_NEWER = problem(
  "archive_newer",
  "The archive is from a newer version ({version}). Update this installation first.",
);
const ARCHIVE_TABLE = problem("archive_table", "The archive contains the unknown table {table}.");
const ARCHIVE_COLUMN = problem("archive_column", "The archive contains the unknown column {column}.");
const ARCHIVE_ROWS = problem("archive_rows", "{name} in the archive contains rows that can't be read.");

/** Opens the archive from its start. Called once to verify it, and once more to load it. */
export type OpenArchive = () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

export type ArchiveRow = Record<string, unknown>;

/** The versions of the schemas here. */
export type SchemaVersions = Manifest["schema_version"];

/**
 * Reads the whole archive and checks everything that can be wrong with it, before anything changes: names, types and sizes of its
 * members, their checksums, its versions, tables and columns, and each row. Throws `invalid`.
 */
export async function verifyArchive(
  open: OpenArchive,
  tables: readonly ArchiveTable[],
  here: SchemaVersions,
): Promise<Manifest> {
  const found = new Map<string, { bytes: number; sha256: string; rows: number }>();
  let manifest: Manifest | null = null;
  for await (const { name, bytes } of readMembers(open)) {
    if (manifest) throw refused(ARCHIVE_MEMBER.with({ name }));
    if (found.has(name)) throw refused(ARCHIVE_MEMBER_TWICE.with({ name }));
    if (name === MANIFEST) {
      manifest = parseManifest(bytes, here);
      continue;
    }
    const rows = PART_NAME.test(name) ? checkRows(name, bytes, tables) : 0;
    found.set(name, { bytes: bytes.length, sha256: sha256OfBytes(bytes), rows });
  }
  if (!manifest) throw refused(ARCHIVE_UNREADABLE);
  checkTables(manifest, tables);
  const listed = new Set<string>();
  for (const member of [...manifest.files, ...manifest.tables.flatMap(({ parts }) => parts)]) {
    const { name, sha256, bytes } = member;
    const actual = found.get(name);
    if (!actual) throw refused(ARCHIVE_INCOMPLETE.with({ name }));
    const rows = "rows" in member ? member.rows : 0;
    if (actual.sha256 !== sha256 || actual.bytes !== bytes || actual.rows !== rows) {
      throw refused(ARCHIVE_CHANGED.with({ name }));
    }
    listed.add(name);
  }
  for (const name of found.keys()) if (!listed.has(name)) throw refused(ARCHIVE_MEMBER.with({ name }));
  return manifest;
}

/** The members of a verified archive, which must not have changed since. Throws `invalid` if it did. */
export async function* readVerified(
  open: OpenArchive,
  manifest: Manifest,
): AsyncGenerator<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const left = new Map(
    [...manifest.files, ...manifest.tables.flatMap(({ parts }) => parts)].map(({ name, sha256 }) => [
      name,
      sha256,
    ]),
  );
  for await (const member of readMembers(open)) {
    if (member.name === MANIFEST) continue;
    if (left.get(member.name) !== sha256OfBytes(member.bytes)) {
      throw refused(ARCHIVE_CHANGED.with({ name: member.name }));
    }
    left.delete(member.name);
    yield member;
  }
  for (const name of left.keys()) throw refused(ARCHIVE_INCOMPLETE.with({ name }));
}

/** The rows of a part, as JSON text and parsed. */
export function rowsOf(bytes: Uint8Array): { lines: string[]; rows: ArchiveRow[] } {
  const lines = new TextDecoder("utf-8", { fatal: true }).decode(bytes).split("\n");
  if (lines.pop() !== "") throw new SyntaxError("The last row has no end.");
  return { lines, rows: lines.map((line) => JSON.parse(line)) };
}

async function* readMembers(
  open: OpenArchive,
): AsyncGenerator<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const entries = (await open()).pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(createTarDecoder({ strict: true })).getReader();
  try {
    while (true) {
      const { value, done } = await readNext(() => entries.read());
      if (done) return;
      const { name, size, type } = value.header;
      if (type !== "file" || !(name === MANIFEST || PART_NAME.test(name) || FILE_NAME.test(name))) {
        throw refused(ARCHIVE_MEMBER.with({ name: shown(name) }));
      }
      if (size > MAX_MEMBER_BYTES) {
        throw refused(ARCHIVE_MEMBER_TOO_LARGE.with({ name, megabytes: MAX_MEMBER_BYTES / 1024 / 1024 }));
      }
      yield { name, bytes: await readNext(() => new Response(value.body).bytes()) };
    }
  } finally {
    await entries.cancel().catch(() => {});
  }
}

/** What gzip and tar don't accept is no archive. */
async function readNext<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch {
    throw refused(ARCHIVE_UNREADABLE);
  }
}

function parseManifest(bytes: Uint8Array, here: SchemaVersions): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw refused(ARCHIVE_UNREADABLE);
  }
  const versions = json as Partial<Pick<Manifest, "format_version" | "product_version" | "schema_version">>;
  const isNewer = Number(versions?.format_version) > FORMAT_VERSION ||
    (versions?.schema_version?.control ?? "") > here.control ||
    (versions?.schema_version?.tenant ?? "") > here.tenant;
  if (isNewer) {
    throw refused(ARCHIVE_NEWER.with({ version: shown(String(versions.product_version ?? "?")) }));
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw refused(ARCHIVE_UNREADABLE);
  return parsed.data;
}

function checkTables(manifest: Manifest, tables: readonly ArchiveTable[]): void {
  const seen = new Set<string>();
  for (const { area, name, columns, parts, rows } of manifest.tables) {
    const path = `${area}/${name}`;
    const table = tables.find((each) => each.area === area && each.name === name);
    if (!table || seen.has(path)) throw refused(ARCHIVE_TABLE.with({ table: shown(path) }));
    seen.add(path);
    const unknown = columns.find((column) => !table.columns.some((each) => each.name === column));
    if (unknown !== undefined || columns.length === 0) {
      throw refused(ARCHIVE_COLUMN.with({ column: shown(`${path}.${unknown ?? ""}`) }));
    }
    const misplaced = parts.find((part) => !part.name.startsWith(`${path}/`));
    if (misplaced || parts.reduce((sum, part) => sum + part.rows, 0) !== rows) {
      throw refused(ARCHIVE_CHANGED.with({ name: MANIFEST }));
    }
  }
}

/** Throws unless each row is an object with known columns. Returns the number of rows. */
function checkRows(name: string, bytes: Uint8Array, tables: readonly ArchiveTable[]): number {
  const { area, table: tableName } = PART_NAME.exec(name)!.groups!;
  const table = tables.find((each) => each.area === area && each.name === tableName);
  if (!table) throw refused(ARCHIVE_TABLE.with({ table: `${area}/${tableName}` }));
  const columns = new Set(table.columns.map((column) => column.name));
  const rows = parsedRows(name, bytes);
  for (const row of rows) {
    if (row === null || typeof row !== "object" || Array.isArray(row)) {
      throw refused(ARCHIVE_ROWS.with({ name }));
    }
    for (const column in row) {
      if (!columns.has(column)) {
        throw refused(ARCHIVE_COLUMN.with({ column: shown(`${area}/${tableName}.${column}`) }));
      }
    }
  }
  return rows.length;
}

function parsedRows(name: string, bytes: Uint8Array): ArchiveRow[] {
  try {
    return rowsOf(bytes).rows;
  } catch {
    throw refused(ARCHIVE_ROWS.with({ name }));
  }
}

/** A name from an archive may contain anything, also what a terminal would obey. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}

export function refused(reason: Parameters<typeof invalid>[1]): DomainError {
  return invalid({}, reason);
}
