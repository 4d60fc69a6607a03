import assert from "node:assert/strict";
import { World } from "../support/world.ts";

/** Protects: the OpenAPI document is cheap to serve and cacheable. */

Deno.test("GET /openapi.json can be cached for five minutes, and returns 304 to clients that have it", async () => {
  await using world = await World.open();
  const get = (headers: Record<string, string> = {}) =>
    world.raw("GET", world.host(), "/openapi.json", headers);

  const first = await get();
  const etag = first.headers.etag as string;
  const again = await get({ "If-None-Match": etag });
  const fromProxy = await get({ "If-None-Match": `"other", W/${etag}` });
  const other = await get({ "If-None-Match": '"other"' });

  assert.equal(first.status, 200);
  assert.equal(JSON.parse(first.text).openapi, "3.1.0");
  assert.equal(first.headers["cache-control"], "public, max-age=300");
  assert.deepEqual([again.status, again.text, again.headers.etag], [304, "", etag]);
  assert.deepEqual([fromProxy.status, other.status], [304, 200]);
});
