import assert from "node:assert/strict";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { chooseEncoding, encode } from "../../routes/encoding.ts";

/** Protects: a client gets the content coding that it prefers, and none that it refuses (RFC 9110, section 12.5.3). */

const PREFERENCES: [string | undefined, string | null][] = [
  ["gzip, deflate, br, zstd", "br"],
  ["gzip", "gzip"],
  ["GZIP;Q=0.3", "gzip"],
  ["br;q=0.2, gzip;q=0.8", "gzip"],
  ["br;q=0, gzip", "gzip"],
  ["br;q=0, gzip;q=0.0", null],
  ["*", "br"],
  ["*;q=0", null],
  ["br;q=0, *", "gzip"],
  ["identity", null],
  ["identity, gzip;q=0.5", null],
  ["identity;q=0.5, gzip", "gzip"],
  ["zstd, deflate", null],
  ["gzip;q=high", null],
  ["gzip;level=9;q=0.1", "gzip"],
  [",;=, ,", null],
  ["", null],
  [undefined, null],
];

for (const [header, expected] of PREFERENCES) {
  Deno.test(`Accept-Encoding "${header ?? "(absent)"}" gets ${expected ?? "no coding"}`, () => {
    assert.equal(chooseEncoding(header), expected);
  });
}

Deno.test("content is the same after decompression, and smaller before", async () => {
  const content = new TextEncoder().encode("Every company gets its own workspace. ".repeat(200));

  const [brotli, gzip] = await Promise.all([encode(content, "br"), encode(content, "gzip")]);

  assert.deepEqual(new Uint8Array(brotliDecompressSync(brotli)), content);
  assert.deepEqual(new Uint8Array(gunzipSync(gzip)), content);
  assert.ok(brotli.byteLength < 300 && gzip.byteLength < 300);
});
