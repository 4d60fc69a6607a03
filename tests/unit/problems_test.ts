import assert from "node:assert/strict";
import { z } from "zod";
import { problemText } from "../../routes/problem_text.ts";
import { invalid } from "../../src/errors.ts";
import { fieldProblems } from "../../src/platform/input.ts";
import { englishOf, type Problem, problem, textOf } from "../../src/platform/problem.ts";

/** Protects: an error is a code with values, and its text is made where a person reads it. */

const TOO_MANY = problem("test_too_many", "Use {maximum} characters at most, not {used}.");
const TOO_LONG = problem("test_too_long", "Use {maximum} characters at most.");
const ODD = problem("test_odd", "{number} is odd.");
const PLAIN = problem("test_plain", "This is wrong.");

Deno.test("a problem's text holds its values in the format of the language", () => {
  const made = TOO_MANY.with({ maximum: 120, used: 12_345 });

  assert.equal(englishOf(made), "Use 120 characters at most, not 12,345.");
  assert.deepEqual(made, {
    code: "test_too_many",
    english: "Use {maximum} characters at most, not {used}.",
    values: { maximum: 120, used: 12_345 },
  });
});

Deno.test("dates and lists in a problem's text are written out, and a value never fills another value's place", () => {
  const dated: Problem = {
    code: "any",
    english: "{on}: {words}",
    values: {
      on: new Date("2026-12-23T09:00:00Z"),
      words: ["{on}", "two"],
    },
  };

  assert.equal(englishOf(dated), "Dec 23, 2026: {on}, two");
});

Deno.test("problems in a problem's text are in the reader's language as well", () => {
  const reasons = problem("test_reasons", "Not yet. {reasons}").with({
    reasons: [PLAIN, TOO_LONG.with({ maximum: 5 })],
  });

  const shouted = textOf(reasons, {
    tag: "en",
    translate: ({ english }) => english.toUpperCase().replaceAll(/{\w+}/g, (name) => name.toLowerCase()),
  });

  assert.equal(shouted, "NOT YET. THIS IS WRONG. USE 5 CHARACTERS AT MOST.");
});

Deno.test("an error carries its problem, and its message is the English text for logs", () => {
  const error = invalid({ name: PLAIN }, TOO_LONG.with({ maximum: 5 }));

  assert.equal(error.message, "Use 5 characters at most.");
  assert.equal(error.problem.code, "test_too_long");
  assert.equal(error.fields.name?.code, "test_plain");
});

Deno.test("two problems can't have the same code", () => {
  assert.throws(() => problem("test_plain", "Something else."), /test_plain/);
});

Deno.test("a schema's issue becomes a problem with the issue's values", () => {
  const schema = z.object({
    name: z.string().max(3, TOO_LONG.code),
    count: z.number().refine((count) => count % 2 === 0, { error: ODD.code, params: { number: 7 } }),
    choice: z.string(),
    size: z.number(),
  });

  const fields = fieldProblems(schema.safeParse({ name: "Acme", count: 7, size: "big" }).error!);

  assert.deepEqual([fields.name?.code, fields.name?.values], ["test_too_long", { maximum: 3 }]);
  assert.deepEqual([fields.count?.code, fields.count?.values], ["test_odd", { number: 7 }]);
  assert.equal(fields.choice?.code, "value_missing");
  assert.deepEqual([fields.size?.code, fields.size?.english], [
    "invalid_type",
    "Invalid input: expected number, received string",
  ]);
});

Deno.test("a page's text of a problem is in the page's language", () => {
  const tooLong = TOO_LONG.with({ maximum: 5 });

  assert.equal(problemText(tooLong, "en"), "Use 5 characters at most.");
  assert.match(problemText(tooLong, "ar-XB"), /^\[Ûšé 5 çĥåŕåçţéŕš .*\]$/);
});
