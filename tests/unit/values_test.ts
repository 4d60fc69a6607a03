import assert from "node:assert/strict";
import {
  readCents,
  readNumber,
  readText,
  readYesNo,
  writeCents,
  writeYesNo,
} from "../../routes/form_values.ts";
import { calendarDay, cents, decimal, webAddress } from "../../src/platform/values.ts";
import { optionalLine } from "../../src/platform/text.ts";

/** Protects: numbers, amounts, days and web addresses mean the same in a form, in the API and in the database. */

Deno.test("a form's text becomes its value, an empty one null, and nonsense stays text for the schema to refuse", () => {
  assert.deepEqual([readNumber("1,284.5"), readNumber(" "), readNumber("many")], [1284.5, null, "many"]);
  assert.deepEqual([readCents("1,450.5"), readCents(""), readCents("-1")], [145_050, null, "-1"]);
  assert.deepEqual([readText(" a "), readText(" "), readText()], [" a ", null, null]);
  assert.deepEqual([readYesNo("yes"), readYesNo("no"), readYesNo("")], [true, false, null]);
  assert.deepEqual([writeCents(2_900), writeCents(null)], ["29.00", undefined]);
  assert.deepEqual([writeYesNo(true), writeYesNo(false), writeYesNo(null)], ["yes", "no", undefined]);
});

Deno.test("values that the database or a page can't take are refused", () => {
  const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
    schema.safeParse(value).success;

  assert.deepEqual([0, -12.5, 1e12].map((value) => accepts(decimal, value)), [true, true, true]);
  assert.deepEqual([NaN, Infinity, 1e13, "1"].map((value) => accepts(decimal, value)), [
    false,
    false,
    false,
    false,
  ]);
  assert.deepEqual([0, 145_050].map((value) => accepts(cents, value)), [true, true]);
  assert.deepEqual([-1, 0.5, 1e13].map((value) => accepts(cents, value)), [false, false, false]);
  assert.deepEqual(["2026-12-23", "2026-02-30", ""].map((value) => accepts(calendarDay, value)), [
    true,
    false,
    false,
  ]);
  assert.ok(accepts(webAddress, "https://company.example/page?x=1"));
  for (const address of ["javascript:alert(1)", "company.example", "ftp://a.example", "https://"]) {
    assert.ok(!accepts(webAddress, address), address);
  }
  assert.equal(optionalLine(5).parse(" abc "), "abc");
  assert.deepEqual(["", "two\nlines", "toolong"].map((text) => accepts(optionalLine(5), text)), [
    true,
    false,
    false,
  ]);
});
