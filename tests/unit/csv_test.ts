import assert from "node:assert/strict";
import { csvLines, parseCsv } from "../../src/platform/csv.ts";

/** Protects: a CSV file runs no formulas in a spreadsheet, and every cell is complete (S34). A file is read cell by cell. */

const COLUMNS = [{ heading: "Value", cell: ({ value }: { value: string | number | Date | null }) => value }];

for (const start of ["=", "+", "-", "@", "\t", "\r"]) {
  Deno.test(`S34 text that starts with ${JSON.stringify(start)} is not a formula`, async () => {
    const [, cell] = await linesOf(`${start}HYPERLINK("https://evil.example")`);

    assert.equal(cell, `"'${start}HYPERLINK(""https://evil.example"")"\r\n`);
  });
}

Deno.test("text with commas, quotes or line breaks is quoted, and other values aren't", async () => {
  assert.deepEqual(await linesOf("Gripper, left", 'the "big" one', "two\nlines", "plain", -5, null), [
    "Value\r\n",
    '"Gripper, left"\r\n',
    '"the ""big"" one"\r\n',
    '"two\nlines"\r\n',
    "plain\r\n",
    "-5\r\n",
    "\r\n",
  ]);
});

Deno.test("times are written in RFC 3339", async () => {
  assert.equal((await linesOf(new Date("2026-03-02T09:00:00Z")))[1], "2026-03-02T09:00:00.000Z\r\n");
});

Deno.test("a file is read as spreadsheets write it, with the line of each row", () => {
  const text = '\ufeffName,"Note, long"\r\n"the ""big""\none";x\r\n\r\nlast\t"open';

  assert.deepEqual(parseCsv(text), [
    { line: 1, cells: ["Name", "Note, long"] },
    { line: 2, cells: ['the "big"\none', "x"] },
    { line: 4, cells: [""] },
    { line: 5, cells: ["last", '"open'] },
  ]);
  assert.deepEqual(parseCsv(""), []);
  assert.deepEqual(parseCsv("a,"), [{ line: 1, cells: ["a", ""] }]);
});

function linesOf(...values: (string | number | Date | null)[]): Promise<string[]> {
  return Array.fromAsync(csvLines(COLUMNS, rowsOf(values)));
}

async function* rowsOf<Value>(values: Value[]) {
  for (const value of values) yield await Promise.resolve({ value });
}
