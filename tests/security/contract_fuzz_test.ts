import fc from "fast-check";
import assert from "node:assert/strict";
import { API_REQUESTS } from "../../src/billing/entitlements.ts";
import { setOverride } from "../../src/billing/overrides.ts";
import { createProject } from "../../src/projects/projects.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { requestTo } from "../support/arbitraries.ts";
import { checkContract, OPERATIONS } from "../support/contract.ts";
import { World } from "../support/world.ts";

/**
 * Protects: no request that the OpenAPI document describes, and none close to it, gets 5xx or a response that the document doesn't
 * describe (S28, S31). `.github/workflows/nightly.yml` runs the long version.
 */

const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 20_260_302) % 2 ** 31;
const REQUESTS = Number(Deno.env.get("FUZZ_REQUESTS") ?? 800);

/** They would sign the caller out, and signing in hashes a password each time. */
const SKIPPED = new Set(["signIn", "reauthenticate", "revokeSession"]);

Deno.test("S28 S31 no request made from the OpenAPI document gets 5xx or an undocumented response", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  // Otherwise, the plan refuses most requests of the long version.
  const allowed = { key: API_REQUESTS, value: String(10 * REQUESTS), until: null };
  await setOverride(await openTenant(world.system, company.tenant.id), allowed);
  const { id } = await createProject(company.ctx, { name: "Apollo", description: "", status: "active" });
  const tokens = [await world.token(company), await world.accountToken(company.owner.email)];
  const operations = OPERATIONS.filter(({ operationId }) => !SKIPPED.has(operationId));
  const statuses = new Map<number, number>();
  const request = fc.constantFrom(...operations).chain((operation) =>
    fc.record({ token: fc.constantFrom(...tokens), call: requestTo(operation, [id, company.tenant.id]) })
  );

  await fc.assert(
    fc.asyncProperty(request, async ({ token, call: { method, path, headers, body } }) => {
      const answer = await world.raw(method, world.host(), `/api/v1${path}`, {
        Authorization: `Bearer ${token}`,
        ...headers,
      }, body);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      assert.ok(answer.status < 500, `${answer.status}: ${answer.text}`);
      checkContract(method, path, answer);
    }),
    { seed: SEED, numRuns: REQUESTS },
  );

  for (const status of [200, 404, 422]) {
    assert.ok(statuses.get(status)! > REQUESTS / 100, `${status}: ${[...statuses].join(" ")}`);
  }
  assert.ok((statuses.get(429) ?? 0) < REQUESTS / 100, [...statuses].join(" "));
  assert.equal((await world.api("GET", "/me", { token: tokens[0]! })).status, 200);
});
