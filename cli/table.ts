import Table from "cli-table3";

type Row = Record<string, unknown>;

/** What a column takes beside its text: a border and a space on each side. */
const COLUMN_FRAME = 3;
const LAST_BORDER = 1;
/** With less room for a column, a list becomes one small table for each row. */
const NARROWEST_COLUMN = 8;

/**
 * One object as a table of its fields, or a list with a column for each field. Wraps cells so that it fits into `width` characters. An
 * object with a longer word, such as a link, becomes plain lines, from which the word can be copied.
 */
export function toTable(rows: Row | Row[], width: number): string {
  if (!Array.isArray(rows)) return toFields(rows, width);
  if (rows.length === 0) return "(none)";
  const head = Object.keys(rows[0]!);
  const cells = [head, ...rows.map((row) => head.map((name) => show(row[name])))];
  const natural = head.map((_, column) => Math.max(...cells.map((line) => widthOf(line[column]!))));
  const widths = shrink(natural, width - LAST_BORDER - head.length * COLUMN_FRAME);
  return widths ? draw(cells, widths, true) : rows.map((row) => toFields(row, width)).join("\n");
}

function toFields(row: Row, width: number): string {
  const lines = Object.entries(row).map(([name, value]) => [name, show(value)]);
  const names = Math.max(0, ...lines.map(([name]) => widthOf(name!)));
  const values = Math.max(0, ...lines.map(([, value]) => widthOf(value!)));
  const room = width - LAST_BORDER - 2 * COLUMN_FRAME - names;
  const longestWord = Math.max(0, ...lines.flatMap(([, value]) => value!.split(/\s/).map(widthOf)));
  if (longestWord > room) return lines.map(([name, value]) => `${name}: ${value}`).join("\n");
  return draw(lines, [names, Math.max(NARROWEST_COLUMN, Math.min(values, room))], false);
}

/** Takes width from the widest columns until all fit into `room`. Null if they would get too narrow. */
function shrink(widths: number[], room: number): number[] | null {
  const natural = Math.max(...widths);
  for (let widest = natural; widest >= Math.min(natural, NARROWEST_COLUMN); widest--) {
    const capped = widths.map((width) => Math.min(width, widest));
    if (capped.reduce((sum, width) => sum + width, 0) <= room) return capped;
  }
  return null;
}

/** Draws lines between rows only if a cell has several lines, and below the head. */
function draw(lines: string[][], widths: number[], hasHead: boolean): string {
  const table = new Table({
    style: { head: [], border: [] },
    colWidths: widths.map((width) => width + COLUMN_FRAME - 1),
    wordWrap: true,
  });
  table.push(...lines.map((line) => line.map((cell, column) => breakWords(cell, widths[column]!))));
  const drawn = table.toString().split("\n");
  const isCompact = drawn.length === 2 * lines.length + 1;
  const belowHead = hasHead ? 2 : 0;
  return drawn.filter((_, index) =>
    !isCompact || index % 2 === 1 || index === belowHead || index === 0 || index === drawn.length - 1
  ).join("\n");
}

/** cli-table3 cuts off a word that is longer than its column, such as an id. Breaks such words, so that nothing is lost. */
function breakWords(text: string, width: number): string {
  const characters = WIDE.test(text) ? Math.floor(width / 2) : width;
  return text.replace(new RegExp(`\\S{${characters}}(?=\\S)`, "gu"), "$&\n");
}

/** Terminals give these characters two columns. */
const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}/u;

function widthOf(text: string): number {
  const widths = text.split("\n").map((line) =>
    [...line].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0)
  );
  return Math.max(...widths);
}

function show(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.join(", ") : String(value);
}
