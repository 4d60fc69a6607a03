import assert from "node:assert/strict";
import { OPERATIONS } from "../support/contract.ts";
import { samplePushSubscription } from "../support/push_service.ts";
import { sampleBody } from "../support/sample_body.ts";
import { referencedRows } from "../support/sample_row.ts";
import { World } from "../support/world.ts";

/** Protects: what an answer 201 is about is found at the URL in its `Location`. */

/** A public address, so that no name has to be resolved. */
const RECEIVER = "https://93.184.215.14";
const KEY = { name: "Import", permissions: ["projects:read"] };

/** What the operations are called with, if the smallest body won't do. */
const BODIES: Record<string, unknown> = {
  addCustomDomain: { domain: "app.acme.example" },
  addFactor: { type: "totp" },
  addPushSubscription: samplePushSubscription(`${RECEIVER}/push`),
  createApiKey: KEY,
  createJoinDomain: { domain: "acme.example" },
  createRole: KEY,
  createTenant: { name: "Acme Labs", subdomain: "acme-labs" },
  createWebhookEndpoint: { url: `${RECEIVER}/hooks`, events: ["*"] },
  rotateApiKey: {},
};
/** A tenant's token won't do for these. */
const OF_THE_ACCOUNT = ["addFactor", "createTenant"];

Deno.test("every answer 201 names the resource's URL, and a GET of it finds the resource", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  const ofTenant = await world.token(company);
  const ofAccount = await world.accountToken(company.owner.email);
  const { json: key } = await world.api("POST", "/api-keys", { token: ofTenant, body: KEY });

  for (const { operationId, path } of OPERATIONS.filter(({ responses }) => "201" in responses)) {
    await t.step(operationId, async () => {
      const token = OF_THE_ACCOUNT.includes(operationId) ? ofAccount : ofTenant;
      const smallest = sampleBody("POST", path, "Sample");
      const body = BODIES[operationId] ??
        { ...smallest, ...await referencedRows(company.ctx, path, smallest) };

      const created = await world.api("POST", path.replace("{id}", key.id), { token, body });

      assert.equal(created.status, 201, created.text);
      const collection = path.replace(/\/\{id\}.*/, "");
      assert.equal(created.headers.location, `/api/v1${collection}/${created.json.id}`);
      if (!OPERATIONS.some((other) => other.method === "GET" && other.path === `${collection}/{id}`)) return;
      const found = await world.api("GET", `${collection}/${created.json.id}`, { token });
      assert.deepEqual([found.status, found.json.id], [200, created.json.id]);
    });
  }
});
