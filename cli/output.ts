import Table from "cli-table3";

export type Output = {
  /** One object or a list: a table, or JSON with `--json`. */
  data(rows: Record<string, unknown> | Record<string, unknown>[]): void;
  /** Verbatim text to pipe into another program; `rows` with `--json`. */
  text(text: string, rows: Record<string, unknown>[]): void;
  /** A line for people. Hidden with `--json`. */
  note(line: string): void;
};

/** Prints results to stdout and everything else to stderr. */
export function createOutput(json: boolean): Output {
  return {
    data: (rows) => write(Deno.stdout, json ? JSON.stringify(rows, null, 2) : toTable(rows)),
    text: (text, rows) => write(Deno.stdout, json ? JSON.stringify(rows, null, 2) : text),
    note: (line) => json || write(Deno.stderr, line),
  };
}

export function printError(message: string): void {
  write(Deno.stderr, `error: ${message}`);
}

export function printWarning(message: string): void {
  write(Deno.stderr, `warning: ${message}`);
}

function toTable(rows: Record<string, unknown> | Record<string, unknown>[]): string {
  if (!Array.isArray(rows)) {
    const table = new Table({ style: { head: [], border: [] } });
    table.push(...Object.entries(rows).map(([name, value]) => ({ [name]: show(value) })));
    return table.toString();
  }
  if (rows.length === 0) return "(none)";
  const head = Object.keys(rows[0]!);
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows.map((row) => head.map((name) => show(row[name]))));
  return table.toString();
}

function show(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, line: string): void {
  const bytes = new TextEncoder().encode(line + "\n");
  for (let sent = 0; sent < bytes.length;) sent += stream.writeSync(bytes.subarray(sent));
}
