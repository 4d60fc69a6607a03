import type { Context, Env } from "hono";
import { accepts } from "hono/accepts";
import { z } from "zod";
import type { StoredAnswer } from "../../src/api_access/idempotency.ts";
import { type Column, csvLines } from "../../src/platform/csv.ts";
import { snakeCase, toWire } from "../wire.ts";

export const JSON_TYPE = "application/json";
export const CSV_TYPE = "text/csv";

type WireRow = Record<string, unknown>;

/** One page of a list, as JSON or, if the client prefers it, as CSV. `Link` has the URL of the next page (RFC 8288). */
export async function answerWithPage<E extends Env>(
  c: Context<E>,
  item: z.ZodType,
  { items, nextCursor }: { items: unknown[]; nextCursor: string | null },
): Promise<StoredAnswer> {
  const rows = items.map((row) => toWire(item, row as never) as WireRow);
  const link: Record<string, string> = nextCursor === null
    ? {}
    : { Link: `<${nextPage(c, nextCursor)}>; rel="next"` };
  if (!prefersCsv(c)) {
    const body = JSON.stringify({ data: rows, next_cursor: nextCursor });
    return { status: 200, headers: { "Content-Type": JSON_TYPE, Vary: "Accept", ...link }, body };
  }
  return await csvAnswer(item, rows, link);
}

/** The `json` answer or, if the client prefers it, the rows as CSV. */
export async function preferredAnswer<E extends Env>(
  c: Context<E>,
  json: StoredAnswer,
  item: z.ZodType,
  rowsOf: () => readonly object[],
): Promise<StoredAnswer> {
  if (!prefersCsv(c)) return { ...json, headers: { ...json.headers, Vary: "Accept" } };
  return await csvAnswer(item, rowsOf().map((row) => toWire(item, row as never) as WireRow));
}

function prefersCsv<E extends Env>(c: Context<E>): boolean {
  return accepts(c, { header: "Accept", supports: [JSON_TYPE, CSV_TYPE], default: JSON_TYPE }) === CSV_TYPE;
}

async function csvAnswer(
  item: z.ZodType,
  rows: WireRow[],
  link: Record<string, string> = {},
): Promise<StoredAnswer> {
  const lines = await Array.fromAsync(csvLines(columnsOf(item), ReadableStream.from(rows)));
  const headers = { "Content-Type": `${CSV_TYPE}; charset=utf-8`, Vary: "Accept", ...link };
  return { status: 200, headers, body: lines.join("") };
}

function nextPage<E extends Env>(c: Context<E>, cursor: string): string {
  const { pathname, searchParams } = new URL(c.req.url);
  searchParams.set("cursor", cursor);
  return `${pathname}?${searchParams}`;
}

/** The rows as a CSV file's columns and lines. */
export function csvTable(
  item: z.ZodType,
  rows: readonly object[],
): { columns: Column<WireRow>[]; rows: AsyncGenerator<WireRow> } {
  return { columns: columnsOf(item), rows: wireRows(item, rows) };
}

async function* wireRows(item: z.ZodType, rows: readonly object[]): AsyncGenerator<WireRow> {
  for (const row of rows) yield toWire(item, row as never) as WireRow;
}

/** A column for each field. The fields of an object have columns such as `actor.name`; anything deeper is JSON. */
function columnsOf(item: z.ZodType): Column<WireRow>[] {
  if (!(item instanceof z.ZodObject)) return [];
  return Object.entries(item.shape as Record<string, z.ZodType>).flatMap(([name, field]) => {
    const column = snakeCase(name);
    if (!(field instanceof z.ZodObject)) return [{ heading: column, cell: (row) => cellOf(row[column]) }];
    return columnsOf(field).map(({ heading, cell }): Column<WireRow> => ({
      heading: `${column}.${heading}`,
      cell: (row) => cell(row[column] as WireRow),
    }));
  });
}

function cellOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "string") return value;
  return JSON.stringify(value);
}
