import assert from "node:assert/strict";
import { z } from "zod";
import { problem } from "../../src/platform/problem.ts";
import { multiLine, searchTerm, singleLine } from "../../src/platform/text.ts";
import { textsOf } from "../support/problems.ts";

/** Protects: text is stored in one form (NFC), and every name is visible. */

const name = singleLine(20, problem("test_name_missing", "Enter a name."));

const DECOMPOSED = "Cafe\u0301";
const COMPOSED = "Caf\u00e9";

Deno.test("names, texts and search terms are composed on input", () => {
  assert.equal(name.parse(DECOMPOSED), COMPOSED);
  assert.equal(multiLine(20).parse(DECOMPOSED), COMPOSED);
  assert.equal(searchTerm(20).parse(DECOMPOSED), COMPOSED);
});

Deno.test("length is counted in composed form, and a much longer text is rejected before composing", () => {
  assert.equal(name.parse("e\u0301".repeat(20)), "\u00e9".repeat(20));
  for (const schema of [name, multiLine(20), searchTerm(20)]) {
    assert.equal(schema.safeParse(" ".repeat(1_000_000)).error?.issues.length, 1);
    assert.deepEqual(textsOf(schema.safeParse("e\u0301".repeat(21)).error), ["Use 20 characters at most."]);
  }
});

const INVISIBLE: Record<string, string> = {
  "nothing": "",
  "spaces": " \t\u3000\u00a0",
  "zero width spaces": "\u200b\u200b",
  "joiners": "\u200c\u200d\u2060",
  "byte order marks": "\ufeff",
  "Hangul fillers": "\u3164\u115f\u1160\uffa0",
  "an empty Braille pattern": "\u2800",
  "soft hyphens": "\u00ad",
  "direction marks": "\u200e\u200f\u061c",
  "variation selectors": "\ufe0f\u{e0100}",
  "tags": "\u{e0041}\u{e0042}",
  "combining marks alone": "\u0301\u0302",
  "private characters": "\ue000",
};

for (const [what, text] of Object.entries(INVISIBLE)) {
  Deno.test(`a name of ${what} is rejected`, () => {
    const { error } = name.safeParse(text);

    assert.deepEqual(textsOf(error), ["Enter a name."]);
  });
}

Deno.test("the OpenAPI document states the maximum length of a name", () => {
  const { minLength, maxLength } = z.toJSONSchema(name);

  assert.deepEqual([minLength, maxLength], [1, 20]);
});

Deno.test("a missing name gets the field's own message", () => {
  assert.deepEqual(textsOf(name.safeParse(undefined).error), ["Enter a name."]);
});

Deno.test("invisible characters are trimmed at both ends of a name", () => {
  assert.equal(name.parse("\ufeff\u200b Acme \u3164\u2800\u00ad"), "Acme");
});

for (
  const text of [
    "❤️",
    "👩‍👩‍👧",
    "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
    "می‌خواهم",
    "क्‍ष",
    "#1",
    "7",
    "C++",
    "東京",
  ]
) {
  Deno.test(`the name ${text} is unchanged`, () => {
    assert.equal(name.parse(text), text);
  });
}
