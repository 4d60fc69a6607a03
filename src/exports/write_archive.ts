import { createTarPacker } from "modern-tar";
import { type SQL, sql } from "drizzle-orm";
import { Buffer } from "node:buffer";
import type { ControlTx, TenantTx } from "../../db/connection/with_tenant.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { readMigrations } from "../../db/migration/migrations.ts";
import { withSnapshot } from "../../db/tenant/snapshot.ts";
import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { sha256OfBytes } from "../platform/crypto.ts";
import { VERSION } from "../platform/version.ts";
import { type ArchiveTable, archiveTables } from "./archive_table.ts";
import {
  FORMAT,
  FORMAT_VERSION,
  MANIFEST,
  type Manifest,
  type ManifestTable,
  type Member,
  PART_BYTES,
} from "./manifest.ts";
import { DATA_EXPORT } from "./permissions.ts";

const FIRST_PAGE_ROWS = 100;
const MAX_PAGE_ROWS = 5_000;
/** A page is read into memory. Its rows are chosen so that it has about this size. */
const PAGE_BYTES = 2 * 1024 * 1024;
const BYTES_AS_JSON = "\\x";

/** Called with the number of rows so far, and of all rows. */
export type OnProgress = (done: number, total: number) => void;

type Reading = { tenantId: string; tx: ControlTx | TenantTx };
type Add = (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<Member>;

/**
 * Writes all data of the tenant, as of one moment, as a `.tar.gz` into `sink` and closes it. Memory holds one part at a time. Throws if
 * `signal` is aborted. With `onProgress`, counts the rows first, apart from the few of `control`.
 */
export async function writeArchive(
  ctx: TenantContext,
  sink: WritableStream<Uint8Array<ArrayBuffer>>,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: OnProgress } = {},
): Promise<Manifest> {
  authorize(ctx, DATA_EXPORT);
  const { readable, controller } = createTarPacker();
  const written = readable.pipeThrough(new CompressionStream("gzip")).pipeTo(sink, { signal });
  const mtime = ctx.services.clock.now();
  const add: Add = async (name, bytes) => {
    signal?.throwIfAborted();
    const writer = controller.add({ name, size: bytes.length, type: "file", mtime }).getWriter();
    // Both wait while the sink is slow.
    await writer.write(bytes);
    await writer.close();
    return { name, bytes: bytes.length, sha256: sha256OfBytes(bytes) };
  };
  const packed = pack(ctx, add, onProgress).then((manifest) => {
    controller.finalize();
    return manifest;
  }, (error) => {
    controller.error(error);
    throw error;
  });
  const [packing, writing] = await Promise.allSettled([packed, written]);
  if (packing.status === "rejected") throw packing.reason;
  if (writing.status === "rejected") throw writing.reason;
  return packing.value;
}

async function pack(ctx: TenantContext, add: Add, onProgress?: OnProgress): Promise<Manifest> {
  const { tenant, services } = ctx;
  const tables = archiveTables(services.tenantTables);
  const manifest = await withSnapshot(services.db, tenant.schemaName, async ({ control, enterTenant }) => {
    const [row] = await control.select().from(tenants).where(sql`${tenants.id} = ${tenant.id}`);
    const files = new Map<string, Member>();
    const written: ManifestTable[] = [];
    const write = async (reading: Reading, table: ArchiveTable, onRow?: () => void) => {
      written.push(await writeTable(reading, table, { add, files, onRow }));
    };
    for (const table of tables.filter(({ area }) => area === "control")) {
      await write({ tenantId: tenant.id, tx: control }, table);
    }
    const reading = { tenantId: tenant.id, tx: await enterTenant() };
    const others = tables.filter(({ area }) => area !== "control");
    const onRow = onProgress && await countUp(reading, others, onProgress);
    for (const table of others) await write(reading, table, onRow);
    return {
      format: FORMAT,
      format_version: FORMAT_VERSION,
      product_version: VERSION,
      schema_version: { control: await newestVersion("control"), tenant: await newestVersion("tenant") },
      created_at: services.clock.now().toISOString(),
      workspace: {
        id: tenant.id,
        name: row!.name,
        subdomain: row!.subdomain,
        brand_color: row!.brandColor,
        logo_version: row!.logoVersion,
        api_origins: row!.apiOrigins,
        time_zones: row!.timeZones,
        second_factor_from: row!.secondFactorFrom?.toISOString() ?? null,
        created_at: row!.createdAt.toISOString(),
      },
      tables: written,
      files: [...files.values()],
    } satisfies Manifest;
  });
  await add(MANIFEST, encode(JSON.stringify(manifest, null, 2)));
  return manifest;
}

export async function newestVersion(set: "control" | "tenant"): Promise<string> {
  return (await readMigrations(set)).at(-1)!.version;
}

/** Reports the first progress, and returns what reports each row. */
async function countUp(
  { tx, tenantId }: Reading,
  tables: readonly ArchiveTable[],
  onProgress: OnProgress,
): Promise<() => void> {
  let total = 0;
  for (const table of tables) {
    const [row] = await tx.execute<{ rows: number }>(
      sql`select count(*)::float8 as rows from ${table.source} as archived where ${ownRows(table, tenantId)}`,
    );
    total += row!.rows;
  }
  let done = 0;
  onProgress(done, total);
  return () => onProgress(++done, total);
}

async function writeTable(
  reading: Reading,
  table: ArchiveTable,
  { add, files, onRow }: { add: Add; files: Map<string, Member>; onRow?: () => void },
): Promise<ManifestTable> {
  const parts: ManifestTable["parts"] = [];
  let lines: string[] = [];
  let size = 0;
  const flush = async () => {
    if (lines.length === 0) return;
    const name = `${table.area}/${table.name}/${String(parts.length + 1).padStart(6, "0")}.ndjson`;
    parts.push({ ...await add(name, encode(lines.join("\n") + "\n")), rows: lines.length });
    [lines, size] = [[], 0];
  };
  for await (const row of readRows(reading, table)) {
    const line = await withFiles(row, table, add, files);
    lines.push(line);
    size += line.length;
    onRow?.();
    if (size >= PART_BYTES) await flush();
  }
  await flush();
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return { area: table.area, name: table.name, columns: table.columns.map(({ name }) => name), rows, parts };
}

/** The table's rows as JSON, in pages by key. */
async function* readRows({ tx, tenantId }: Reading, table: ArchiveTable): AsyncGenerator<string> {
  const names = (columns: ArchiveTable["columns"]) =>
    sql.join(columns.map(({ name }) => sql.identifier(name)), sql`, `);
  const mine = ownRows(table, tenantId);
  const order = table.key.length > 0 ? sql`order by ${names(table.key)}` : sql``;
  let after = sql``;
  let limit = FIRST_PAGE_ROWS;
  while (true) {
    const page = await tx.execute<{ line: string }>(sql`
      select row_to_json(page)::text as line from (
        select ${
      names(table.columns)
    } from ${table.source} as archived where ${mine} ${after} ${order} limit ${limit}) as page`);
    for (const { line } of page) yield line;
    if (page.length < limit || table.key.length === 0) return;
    const last = JSON.parse(page.at(-1)!.line) as Record<string, unknown>;
    const values = sql.join(
      table.key.map(({ name, type }) => sql`${String(last[name])}::${sql.raw(type)}`),
      sql`, `,
    );
    after = sql`and (${names(table.key)}) > (${values})`;
    const bytes = page.reduce((sum, { line }) => sum + line.length, 0);
    limit = Math.max(1, Math.min(MAX_PAGE_ROWS, Math.floor(PAGE_BYTES * page.length / bytes)));
  }
}

function ownRows({ area }: ArchiveTable, tenantId: string): SQL {
  return area === "workspace" ? sql`true` : sql`tenant_id = ${tenantId}`;
}

/** Replaces binary values by the name of a file that has them, such as the logo. */
async function withFiles(
  line: string,
  { columns }: ArchiveTable,
  add: Add,
  files: Map<string, Member>,
): Promise<string> {
  const binary = columns.filter(({ type }) => type === "bytea");
  if (binary.length === 0) return line;
  const row = JSON.parse(line) as Record<string, unknown>;
  for (const { name } of binary) {
    const value = row[name];
    if (typeof value !== "string") continue;
    const bytes = new Uint8Array(Buffer.from(value.slice(BYTES_AS_JSON.length), "hex"));
    const file = `files/${sha256OfBytes(bytes)}`;
    if (!files.has(file)) files.set(file, await add(file, bytes));
    row[name] = file;
  }
  return JSON.stringify(row);
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
