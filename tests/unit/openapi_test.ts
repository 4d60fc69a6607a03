import { Hono } from "hono";
import assert from "node:assert/strict";
import { api, openApiDocument } from "../../routes/api/api.ts";
import { serveOpenApi } from "../../routes/api/openapi.ts";
import type { HttpEnv } from "../../routes/http.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { checkWebhook, DOCUMENT, OPERATIONS } from "../support/contract.ts";

/** Protects: the OpenAPI document lists every response that a client must handle. */

type Operation = {
  operationId: string;
  tags: string[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
};

const { paths } = openApiDocument("https://app.example");
const operations = Object.values(paths!).flatMap((item) => Object.values(item) as Operation[]);

Deno.test("every operation documents what hosts answer, 500 and 503, and operations with a body document 413", () => {
  const withBody = operations.filter(({ requestBody }) => requestBody);

  assert.ok(withBody.length > 0);
  assert.deepEqual(namesWithout(operations, "307"), []);
  assert.deepEqual(namesWithout(operations, "404"), []);
  assert.deepEqual(namesWithout(operations, "500"), []);
  assert.deepEqual(namesWithout(operations, "503"), []);
  assert.deepEqual(namesWithout(withBody, "413"), []);
});

Deno.test("sign-in and token exchange document 403, such as for a suspended tenant", () => {
  const wanted = operations.filter(({ operationId }) => ["signIn", "refreshTokens"].includes(operationId));

  assert.equal(wanted.length, 2);
  assert.deepEqual(namesWithout(wanted, "403"), []);
});

Deno.test("the document is built once, not for each request", async () => {
  const build = api.getOpenAPI31Document;
  let built = 0;
  api.getOpenAPI31Document = (...given) => (built++, build.apply(api, given));
  const app = new Hono<HttpEnv>().get("/openapi.json", serveOpenApi("https://app.example"));

  const answers = await Promise.all([1, 2, 3].map(async () => (await app.request("/openapi.json")).json()));
  api.getOpenAPI31Document = build;

  assert.equal(built, 1);
  assert.deepEqual(answers[2], openApiDocument("https://app.example"));
});

Deno.test("every operation of one tenant documents 400, because an account may have several tenants", () => {
  const ofAPerson = [
    "signIn",
    "refreshTokens",
    "signOut",
    "getMe",
    "getPushPublicKey",
    "updateMe",
    "listSessions",
    "revokeSession",
    "createTenantToken",
    "listJoinableTenants",
    "finishSignIn",
    "reauthenticate",
    "listFactors",
    "addFactor",
    "confirmFactor",
    "removeFactor",
    "openSharedReport", // its token names the tenant
  ];
  const ofOneTenant = operations.filter(({ operationId, tags }) =>
    !ofAPerson.includes(operationId) && !tags.includes("Tenants") && !tags.includes("Plans") &&
    !operationId.endsWith("EmailPreferences")
  );

  assert.ok(ofOneTenant.length >= 6);
  assert.deepEqual(namesWithout(ofOneTenant, "400"), []);
});

Deno.test("a path names its parameter as the product calls it", () => {
  const named = Object.keys(paths!).filter((path) => /\{(?!id\})/.test(path));

  assert.deepEqual(named.toSorted(), ["/features/{key}", "/shared-reports/{token}"]);
  for (const path of named) {
    const [, name] = /\{(\w+)\}/.exec(path)!;
    const { parameters } = OPERATIONS.find((operation) => operation.path === path)!;
    assert.ok(parameters!.some((each) => each.in === "path" && each.name === name && each.required), path);
  }
});

function namesWithout(among: Operation[], status: string): string[] {
  return among.filter(({ responses }) => !(status in responses)).map(({ operationId }) => operationId);
}

Deno.test("the document has every webhook, whose example fits its schema, with the headers of the signature", () => {
  const sent = FEATURES.flatMap(({ events }) => events).filter(({ webhook }) => webhook).map(({ name }) =>
    name
  );

  assert.deepEqual(Object.keys(DOCUMENT.webhooks).toSorted(), [...sent, "webhook.test"].toSorted());
  for (const { post } of Object.values(DOCUMENT.webhooks)) {
    const { example } = post.requestBody!.content["application/json"]!;
    const names = post.parameters!.map(({ name }) => [name, "sample"]);
    checkWebhook(Object.fromEntries(names), JSON.stringify(example));
    assert.deepEqual(names.flat().filter((name) => name !== "sample"), [
      "webhook-id",
      "webhook-timestamp",
      "webhook-signature",
    ]);
  }
});

Deno.test("operations with credentials describe the headers of limits, and refusals say when to try again", () => {
  const { responses } = DOCUMENT.components as unknown as Record<string, Record<string, { headers: object }>>;

  for (const { operationId, security, responses } of OPERATIONS) {
    const [[, success] = []] = Object.entries(responses);
    const isLimited = security.length > 0;
    assert.equal("RateLimit" in (success as { headers: object }).headers, isLimited, operationId);
  }
  for (const status of [409, 429, 503]) assert.ok("Retry-After" in responses![`Problem${status}`]!.headers);
  for (const name of ["RateLimit", "RateLimit-Policy"]) assert.ok(name in responses!.Problem429!.headers);
});
