import { and, eq, gt, inArray, lt, ne, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { TenantTx } from "../../../db/connection/with_tenant.ts";
import { contactImportRows, contactImports } from "../../../db/tenant/schema/contacts.ts";
import { authorize } from "../../access/authorize.ts";
import { requireFeature } from "../../billing/plan_features.ts";
import type { TenantContext } from "../../context.ts";
import { suppressedAmong } from "../../email/suppression.ts";
import { conflict, invalid } from "../../errors.ts";
import { job, tenantOf } from "../../outbox/job.ts";
import { after, DAY, HOUR } from "../../platform/clock.ts";
import { newId } from "../../platform/ids.ts";
import { problem } from "../../platform/problem.ts";
import { oneLine } from "../../platform/text.ts";
import { enforce } from "../../rate_limits/limiter.ts";
import { rateLimit } from "../../rate_limits/rate_limit.ts";
import { contactEmail } from "../contact.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../permissions.ts";
import { checkRows } from "./check.ts";
import { type ColumnMeaning, guessColumns, readRow } from "./columns.ts";
import { type FileRow, readCsvFile } from "./csv_file.ts";

const TOO_MANY_IMPORTS = problem(
  "imports_too_many",
  "A workspace can have {maximum} files that aren't imported. Import or discard one first.",
);
const FILE_EMPTY = problem("import_file_empty", "This file has no rows.");
const TOO_MANY_ROWS = problem("import_rows_too_many", "A file can have {maximum} rows. Split it.");
const TOO_MANY_COLUMNS = problem("import_columns_too_many", "A file can have {maximum} columns.");

export const MAX_FILE_BYTES = 25 * 1024 * 1024;
export const MAX_ROWS = 100_000;
const MAX_COLUMNS = 100;
const MAX_FILE_NAME_LENGTH = 200;
const BATCH_ROWS = 1_000;
/** Until then, refused rows can be seen, and an import can be started. */
const KEPT = 7 * DAY;
const MAX_READING_TIME = HOUR;
/** Each keeps all rows of its file. */
const MAX_OPEN_IMPORTS = 5;

/** Uploads of files. Each is read in memory. */
export const CONTACT_UPLOADS = rateLimit("contact_uploads", { limit: 60, window: HOUR, whenDown: "open" });

export type ContactImport = typeof contactImports.$inferSelect;

/**
 * Reads a file into rows to check, a batch at a time, and checks them with columns that the headings suggest. Throws `invalid` on
 * `file`, and keeps nothing then. Throws `rate_limited`, or `conflict` if too many files aren't imported yet.
 */
export async function stageImport(
  ctx: TenantContext,
  { fileName, bytes }: { fileName: string; bytes: Uint8Array },
  id = newId(),
): Promise<string> {
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  await enforce(ctx, CONTACT_UPLOADS, ctx.tenant.id);
  const now = ctx.services.clock.now();
  const isNew = await ctx.tx(async (tx) => {
    await requireFewOpen(tx, id);
    const added = await tx.insert(contactImports).values({
      id,
      fileName: oneLine(fileName).slice(0, MAX_FILE_NAME_LENGTH) || "contacts.csv",
      status: "reading",
      createdAt: now,
      updatedAt: now,
    }).onConflictDoNothing({ target: contactImports.id }).returning();
    return added.length > 0;
  });
  if (!isNew) return id;
  try {
    await stageRows(ctx, id, readCsvFile(bytes));
  } catch (error) {
    await ctx.tx((tx) => tx.delete(contactImports).where(eq(contactImports.id, id)));
    throw error;
  }
  return id;
}

/** Reads the staged rows again, with other columns. */
export async function restageRows(ctx: TenantContext, id: string, columns: ColumnMeaning[]): Promise<void> {
  for (let position = 0;;) {
    const batch = await ctx.tx((tx) =>
      tx.select({
        position: contactImportRows.position,
        cells: contactImportRows.cells,
        line: contactImportRows.line,
      })
        .from(contactImportRows)
        .where(and(eq(contactImportRows.importId, id), gt(contactImportRows.position, position)))
        .orderBy(contactImportRows.position).limit(BATCH_ROWS)
    );
    if (batch.length === 0) return;
    await writeRows(ctx, id, columns, batch);
    position = batch.at(-1)!.position;
  }
}

type PlacedRow = FileRow & { position: number };

async function stageRows(ctx: TenantContext, id: string, rows: AsyncGenerator<FileRow>): Promise<void> {
  const first = (await rows.next()).value as FileRow | undefined;
  if (!first) throw invalid({ file: FILE_EMPTY });
  if (first.cells.length > MAX_COLUMNS) {
    throw invalid({ file: TOO_MANY_COLUMNS.with({ maximum: MAX_COLUMNS }) });
  }
  const hasHeadings = !first.cells.some((cell) => contactEmail.safeParse(cell).success);
  const second = hasHeadings ? (await rows.next()).value as FileRow | undefined : first;
  if (!second) throw invalid({ file: FILE_EMPTY });
  const headings = hasHeadings
    ? first.cells.map((cell) => oneLine(cell).slice(0, 200))
    : first.cells.map(() => "");
  const columns = guessColumns(headings, second.cells);
  const count = await writeBatches(ctx, id, columns, second, rows, headings.length);
  await checkRows(ctx, id, { headings, columns, rows: count });
}

/** Writes the rows while the next ones are read. Returns their number. */
async function writeBatches(
  ctx: TenantContext,
  id: string,
  columns: ColumnMeaning[],
  first: FileRow,
  others: AsyncGenerator<FileRow>,
  width: number,
): Promise<number> {
  let count = 1;
  let batch: PlacedRow[] = [{ ...first, position: 1 }];
  let writing = Promise.resolve();
  const write = async (rows: PlacedRow[]) => {
    await writing;
    writing = writeRows(ctx, id, columns, rows);
    writing.catch(() => {}); // awaited before the next one
  };
  try {
    for await (const { line, cells } of others) {
      if (count >= MAX_ROWS) throw invalid({ file: TOO_MANY_ROWS.with({ maximum: MAX_ROWS }) });
      batch.push({ line, cells: cells.slice(0, width), position: ++count });
      if (batch.length < BATCH_ROWS) continue;
      await write(batch);
      batch = [];
    }
    if (batch.length > 0) await write(batch);
    await writing;
  } finally {
    await Promise.allSettled([writing]);
  }
  return count;
}

/** Writes a batch of rows, or writes it again. */
async function writeRows(
  ctx: TenantContext,
  id: string,
  columns: ColumnMeaning[],
  batch: PlacedRow[],
): Promise<void> {
  const read = batch.map((row) => ({ ...row, ...readRow(columns, row.cells) }));
  const addresses = read.map(({ email }) => email).filter((email) => email !== "");
  const suppressed = await suppressedAmong(ctx.system, addresses, ctx.tenant.id);
  const records = read.map(({ position, line, cells, email, name, externalId, tags, fields, problem }) => ({
    position,
    line,
    cells,
    email,
    name,
    external_id: externalId,
    tags,
    fields,
    is_suppressed: suppressed.has(email),
    outcome: problem ? "refused" : null,
    problem: problem && problem.problem.code,
    problem_value: problem && JSON.stringify({ ...problem.problem.values, column: problem.column }),
  }));
  await ctx.tx((tx) =>
    tx.execute(sql`
      insert into contact_import_rows (import_id, position, line, cells, email, name, external_id, tags, fields,
        is_suppressed, outcome, problem, problem_value)
      select ${id}::uuid, r.* from jsonb_to_recordset(${
      JSON.stringify(records)
    }::jsonb) as r(position integer,
        line integer, cells text[], email text, name text, external_id text, tags text[], fields jsonb,
        is_suppressed boolean, outcome text, problem text, problem_value text)
      on conflict (import_id, position) do update set email = excluded.email, name = excluded.name,
        external_id = excluded.external_id, tags = excluded.tags, fields = excluded.fields,
        is_suppressed = excluded.is_suppressed, outcome = excluded.outcome, problem = excluded.problem,
        problem_value = excluded.problem_value, is_kept = false`)
  );
}

/** Deletes files that nobody imported, and rows that were refused, once a day for each tenant. */
export const DELETE_OLD_IMPORTS = job("contacts.delete_old_imports", {
  queue: "cleanup",
  payload: z.object({}),
  run: async (run) => {
    const ctx = tenantOf(run);
    await ctx.tx((tx) => deleteOld(tx, ctx.services.clock.now()));
  },
});

async function requireFewOpen(tx: TenantTx, id: string): Promise<void> {
  const open = await tx.$count(
    contactImports,
    and(ne(contactImports.status, "done"), ne(contactImports.id, id)),
  );
  if (open >= MAX_OPEN_IMPORTS) throw conflict(TOO_MANY_IMPORTS.with({ maximum: MAX_OPEN_IMPORTS }));
}

async function deleteOld(tx: TenantTx, now: Date): Promise<void> {
  await tx.delete(contactImports).where(or(
    and(
      inArray(contactImports.status, ["ready", "stopped"]),
      lt(contactImports.createdAt, after(now, -KEPT)),
    ),
    and(eq(contactImports.status, "reading"), lt(contactImports.updatedAt, after(now, -MAX_READING_TIME))),
  ));
  const done = tx.select({ id: contactImports.id }).from(contactImports)
    .where(and(eq(contactImports.status, "done"), lt(contactImports.updatedAt, after(now, -KEPT))));
  await tx.delete(contactImportRows).where(inArray(contactImportRows.importId, done));
}
