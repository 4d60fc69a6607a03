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
