import assert from "node:assert/strict";
import { csvLines } from "../../src/platform/csv.ts";

/** Protects: S34, a CSV file opens in a spreadsheet without running anything, and keeps every cell whole. */

const COLUMNS = [{ heading: "Value", cell: ({ value }: { value: string | number | Date | null }) => value }];

for (const start of ["=", "+", "-", "@", "\t", "\r"]) {
  Deno.test(`S34: a text that starts with ${JSON.stringify(start)} is no formula`, async () => {
    const [, cell] = await linesOf(`${start}HYPERLINK("https://evil.example")`);

    assert.equal(cell, `"'${start}HYPERLINK(""https://evil.example"")"\r\n`);
  });
}

Deno.test("texts with commas, quotes and lines are quoted, other values are written plainly", async () => {
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

Deno.test("moments are written in RFC 3339", async () => {
  assert.equal((await linesOf(new Date("2026-03-02T09:00:00Z")))[1], "2026-03-02T09:00:00.000Z\r\n");
});

function linesOf(...values: (string | number | Date | null)[]): Promise<string[]> {
  return Array.fromAsync(csvLines(COLUMNS, rowsOf(values)));
}

async function* rowsOf<Value>(values: Value[]) {
  for (const value of values) yield await Promise.resolve({ value });
}
