import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { OPERATIONS } from "../support/contract.ts";
import { send } from "../support/http.ts";
import { World } from "../support/world.ts";

/** Protects: no operation of the API reads a body that is too large, malformed, or a trick (S31). */

const MEGABYTE = 1024 * 1024;

const BODIES: [name: string, status: number, body: string | Uint8Array, headers?: Record<string, string>][] =
  [
    ["more than 1 MB", 413, JSON.stringify({ name: "x".repeat(MEGABYTE) })],
    ["100 levels of JSON", 422, "[".repeat(100) + "]".repeat(100)],
    ["__proto__", 422, '{"name":"x","__proto__":{"role":"owner"}}'],
    ["NUL", 422, '{"name":"a\\u0000b"}'],
    [
      "invalid UTF-8",
      422,
      Uint8Array.from([...new TextEncoder().encode('{"name":"'), 0xff, 0xfe, 0x22, 0x7d]),
    ],
    ["half a surrogate pair", 422, '{"name":"\\ud800"}'],
    ["a gzip bomb", 422, gzipSync(new Uint8Array(20 * MEGABYTE)), { "Content-Encoding": "gzip" }],
    ["JSON that breaks off", 422, '{"name":'],
  ];

Deno.test("S31 every operation with a body rejects what it must not read", async (t) => {
  await using world = await World.open();
  const before = await world.countAll();
  const operations = OPERATIONS.filter(({ requestBody }) => requestBody);
  assert.ok(operations.length >= 15);

  for (const [name, status, body, headers] of BODIES) {
    await t.step(name, async () => {
      for (const { method, path, operationId } of operations) {
        const answer = await send({
          port: world.port,
          host: world.host(),
          method,
          path: `/api/v1${path.replace("{id}", "0198c0de-0000-7000-8000-000000000000")}`,
          headers: { "Content-Type": "application/json", ...headers },
          body,
        });
        assert.equal(answer.status, status, operationId);
      }
    });
  }
  assert.deepEqual(await world.countAll(), before);
});
