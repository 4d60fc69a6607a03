/** A column of a table: its heading, and the function that returns a row's cell. */
export type Column<Row> = { heading: string; cell(row: Row): string | number | Date | null };

/** Spreadsheets interpret a cell that starts with one of these as a formula. */
const STARTS_A_FORMULA = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** Rows as CSV (RFC 4180), line by line. Prefixes text that a spreadsheet would run as a formula with an apostrophe. */
export async function* csvLines<Row>(
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
): AsyncGenerator<string> {
  yield line(columns.map(({ heading }) => heading));
  for await (const row of rows) yield line(columns.map(({ cell }) => cellText(cell(row))));
}

function line(cells: string[]): string {
  return cells.map((cell) => NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell).join(",") +
    "\r\n";
}

function cellText(value: string | number | Date | null): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "number") return String(value);
  return STARTS_A_FORMULA.test(value) ? `'${value}` : value;
}

/** A row of a CSV file, and the line of the file on which it starts, from 1. */
export type CsvRow = { line: number; cells: string[] };

const QUOTED = /^"[^]*"$/;
const CELL = /("(?:[^"]|"")*"|[^,;\t\r\n]*)([,;\t]|\r\n|\r|\n|$)/y;

/** The rows of a CSV file (RFC 4180). Spreadsheets separate cells by commas, semicolons or tabs. */
export function parseCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let start = 1;
  CELL.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (CELL.lastIndex < text.length || cells.length > 0) {
    const [, cell, end] = CELL.exec(text) as unknown as [string, string, string];
    cells.push(QUOTED.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    line += cell.split(/\r\n|\r|\n/).length - 1;
    if (/[,;\t]/.test(end)) continue;
    rows.push({ line: start, cells });
    cells = [];
    start = ++line;
  }
  return rows;
}
