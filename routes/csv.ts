import type { Context, Env } from "hono";
import { type Column, csvLines } from "../src/platform/csv.ts";

/** Tells spreadsheets that the text is UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";
/** A part of the file that is sent at once. Single lines would cost ten times the CPU, and compress badly. */
const PART_CHARACTERS = 16_384;

/** Streams rows as a CSV file. If the first row can't be read, the response is that error. */
export async function sendCsv<E extends Env, Row>(
  c: Context<E>,
  fileName: string,
  columns: readonly Column<Row>[],
  rows: AsyncGenerator<Row>,
): Promise<Response> {
  const lines = csvLines(columns, startingWith(await rows.next(), rows));
  const body = ReadableStream.from(partsOf(lines)).pipeThrough(new TextEncoderStream());
  return c.body(body, 200, {
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="${fileName}"`,
  });
}

async function* startingWith<Row>(
  first: IteratorResult<Row>,
  rest: AsyncGenerator<Row>,
): AsyncGenerator<Row> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

async function* partsOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let part = BYTE_ORDER_MARK;
  for await (const line of lines) {
    part += line;
    if (part.length < PART_CHARACTERS) continue;
    yield part;
    part = "";
  }
  yield part;
}
