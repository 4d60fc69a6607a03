import { toTable } from "./table.ts";

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
    data: (rows) => write(Deno.stdout, json ? JSON.stringify(rows, null, 2) : toTable(rows, terminalWidth())),
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

/** The terminal's columns. Into a file or another program, lines may be of any length. */
export function terminalWidth(): number {
  return Deno.stdout.isTerminal() ? Deno.consoleSize().columns : Infinity;
}

export function write(stream: { writeSync(bytes: Uint8Array): number }, line: string): void {
  const bytes = new TextEncoder().encode(line + "\n");
  for (let sent = 0; sent < bytes.length;) sent += stream.writeSync(bytes.subarray(sent));
}
