import { Hono } from "hono";
import assert from "node:assert/strict";
import { api, openApiDocument } from "../../routes/api/api.ts";
import { serveOpenApi } from "../../routes/api/openapi.ts";
import type { HttpEnv } from "../../routes/http.ts";

/** Protects: the OpenAPI document lists every response that a client must handle. */

type Operation = {
  operationId: string;
  tags: string[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
};

const { paths } = openApiDocument("https://app.example");
const operations = Object.values(paths!).flatMap((item) => Object.values(item) as Operation[]);

Deno.test("every operation documents 500 and 503, and operations with a body document 413", () => {
  const withBody = operations.filter(({ requestBody }) => requestBody);

  assert.ok(withBody.length > 0);
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
  ];
  const ofOneTenant = operations.filter(({ operationId, tags }) =>
    !ofAPerson.includes(operationId) && !tags.includes("Tenants") && !operationId.endsWith("EmailPreferences")
  );

  assert.ok(ofOneTenant.length >= 6);
  assert.deepEqual(namesWithout(ofOneTenant, "400"), []);
});

function namesWithout(among: Operation[], status: string): string[] {
  return among.filter(({ responses }) => !(status in responses)).map(({ operationId }) => operationId);
}
