import { finished } from "node:stream";
import { invalid } from "../../errors.ts";
import { problem } from "../../platform/problem.ts";

const QUOTE_NOT_CLOSED = problem("csv_quote_not_closed", "The quote on line {line} is never closed.");
const CSV_UNREADABLE = problem("csv_unreadable", "Line {line} can't be read. Save the file as CSV again.");

const CHUNK_BYTES = 64 * 1024;
/** A longer row comes from a quote that is never closed. */
const MAX_ROW_CHARACTERS = 100_000;
const SEPARATORS = [",", ";", "\t"];
/** What Excel writes above the headings to name the separator. */
const SEPARATOR_LINE = /^sep=([,;\t])\r?\n/i;

/** A row of a file, and the line on which it starts, from 1. */
export type FileRow = { line: number; cells: string[] };

/**
 * The rows of a CSV file as a stream. Recognizes the encoding (UTF-8, UTF-16 with a byte order mark, otherwise Windows-1252), the
 * separator, and a `sep=` line. Throws `invalid` on `file`.
 */
export async function* readCsvFile(bytes: Uint8Array): AsyncGenerator<FileRow> {
  const { CsvError, parse } = await import("csv-parse"); // most processes never read a file
  const encoding = encodingOf(bytes);
  const start = decodeStart(bytes, encoding);
  const named = SEPARATOR_LINE.exec(start);
  const separator = named ? named[1]! : separatorIn(start);
  const skippedLines = named ? 1 : 0;
  const rows: FileRow[] = [];
  const parser = parse({
    delimiter: separator,
    max_record_size: MAX_ROW_CHARACTERS,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    // Rows that went through the stream one by one would take twice as long.
    on_record: (cells: string[], { lines }) => {
      const breaks = cells.reduce((count, cell) => count + lineBreaksIn(cell), 0);
      rows.push({ line: lines - breaks + skippedLines, cells });
      return null;
    },
  }).on("error", () => {}).resume();
  try {
    for (const text of textOf(bytes, encoding, named ? named[0].length : 0)) {
      await settled((done) => parser.write(text, done));
      yield* rows.splice(0);
    }
    await settled((done) => finished(parser.end(), done));
    yield* rows.splice(0);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines) + skippedLines;
    const isOpen = error.code === "CSV_QUOTE_NOT_CLOSED" || error.code === "CSV_MAX_RECORD_SIZE";
    throw invalid({ file: (isOpen ? QUOTE_NOT_CLOSED : CSV_UNREADABLE).with({ line }) });
  } finally {
    parser.destroy();
  }
}

function settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => error ? reject(error) : resolve()));
}

type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

function encodingOf(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return isUtf8(bytes) ? "utf-8" : "windows-1252";
}

function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for (const chunk of chunksOf(bytes)) decoder.decode(chunk, { stream: true });
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

/** The text in parts, without a byte order mark, the first `skip` characters, and NULs, which the database can't store. */
function* textOf(bytes: Uint8Array, encoding: Encoding, skip: number): Generator<string> {
  const decoder = new TextDecoder(encoding);
  let left = skip;
  for (const chunk of chunksOf(bytes)) {
    const text = decoder.decode(chunk, { stream: true });
    const part = text.slice(left).replaceAll("\0", "");
    left = Math.max(0, left - text.length);
    if (part !== "") yield part;
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

function decodeStart(bytes: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(bytes.subarray(0, CHUNK_BYTES));
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    yield bytes.subarray(start, start + CHUNK_BYTES);
  }
}

/** The most frequent separator in the first line, outside of quotes. */
function separatorIn(text: string): string {
  const [line] = text.replaceAll(/"[^"]*"/g, "").split(/\r|\n/, 1);
  const count = (separator: string) => line!.split(separator).length;
  return SEPARATORS.toSorted((one, other) => count(other) - count(one))[0]!;
}

function lineBreaksIn(cell: string): number {
  return cell.includes("\n") || cell.includes("\r") ? cell.split(/\r\n|\r|\n/).length - 1 : 0;
}
