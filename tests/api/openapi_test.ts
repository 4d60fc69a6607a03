import assert from "node:assert/strict";
import { createApp } from "../../routes/app.ts";
import { checkContract, OPERATIONS } from "../support/contract.ts";
import { World } from "../support/world.ts";

/** Protects: the OpenAPI document describes the API's routes, and no others. It is cheap to serve and cacheable. */

Deno.test("the document has every route of the API, on the apex and on the hosts of tenants", async () => {
  await using world = await World.open();
  const { routes } = await createApp(world.services);
  const documented = OPERATIONS.map(({ method, path }) => `${method} ${path}`).toSorted();

  for (const host of ["apex", "tenant"]) {
    for (const root of ["/api/v1", "/api"]) {
      const served = routes.filter((route) => route.host === host && route.method !== "ALL")
        .filter(({ path }) =>
          path.startsWith(`${root}/`) && (root !== "/api" || !path.startsWith("/api/v1/"))
        )
        .map(({ method, path }) => `${method} ${path.replace(root, "").replaceAll(/:(\w+)/g, "{$1}")}`);

      assert.deepEqual([...new Set(served)].toSorted(), documented, `${host} ${root}`);
    }
  }
});

Deno.test("a former subdomain answers 307, and an unknown host 404, to any operation", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  await world.api("PATCH", `/tenants/${acme.tenant.id}`, { token, body: { subdomain: "acme-labs" } });

  for (const path of ["/projects", "/plans"]) {
    const moved = await world.api("GET", path, { token, host: world.host("acme") });
    const unknown = await world.api("GET", path, { token, host: world.host("nowhere") });

    assert.equal(moved.headers.location, `http://${world.host("acme-labs")}/api/v1${path}`);
    assert.deepEqual([moved.status, unknown.status], [307, 404]);
  }
});

Deno.test("a test fails that gets an answer from a route that isn't in the document", () => {
  const headers = { "x-request-id": "1", "content-type": "application/json" };
  const answer = { status: 200, text: "{}", bytes: new Uint8Array(), headers };

  assert.throws(() => checkContract("GET", "/api/v1/nothing", answer), /is not in the OpenAPI document/);
});

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
