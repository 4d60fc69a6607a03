import assert from "node:assert/strict";
import { maskAddresses, maskPayload } from "../../src/operations/masking.ts";

/** Protects: a job's page shows its payload without secrets or email addresses (S41). */

Deno.test("values with secret-sounding names are masked, whatever their type and depth", () => {
  const payload = {
    id: "0198c0de",
    attempts: 3,
    code: 123456,
    token: { value: "abc" },
    keys: ["a", "b"],
    reader: { email: "ada@acme.example", name: "Ada" },
    day: null,
  };

  assert.deepEqual(maskPayload(payload), {
    id: "0198c0de",
    attempts: 3,
    code: "•••",
    token: "•••",
    keys: "•••",
    reader: { email: "•••", name: "Ada" },
    day: null,
  });
});

Deno.test("addresses are masked anywhere, and long values are cut", () => {
  const { note, long, list } = maskPayload({
    note: "to ada@acme.example today",
    long: "x".repeat(500),
    list: Array.from({ length: 50 }, (_, index) => index),
  }) as { note: string; long: string; list: number[] };

  assert.equal(note, "to ••• today");
  assert.deepEqual([long.length, list.length], [201, 20]);
  assert.equal(
    maskAddresses("550 5.1.1 <ada@acme.example>: no such user"),
    "550 5.1.1 <•••>: no such user",
  );
});
