import assert from "node:assert/strict";
import { findBreakingChanges, type OpenApi } from "../../deploy/scripts/breaking_changes.ts";
import { CLIENT_TYPES, clientTypesText, SNAPSHOT, snapshotText } from "../../deploy/scripts/openapi.ts";
import { checkContract, DOCUMENT, fits, OPERATIONS } from "../support/contract.ts";

/** Protects: the committed API contract is the one that is served, and breaking it never goes unnoticed. */

const UPDATE = "run `deno task openapi` and commit what it writes";

Deno.test("the committed document is current, and breaks no client of the version before", async () => {
  const committed = await Deno.readTextFile(SNAPSHOT);

  assert.deepEqual(findBreakingChanges(JSON.parse(committed), JSON.parse(snapshotText())), []);
  assert.ok(committed === snapshotText(), `docs/api/openapi.json is not current: ${UPDATE}`);
});

Deno.test("the types of the TypeScript client are made from the committed document", async () => {
  const types = await clientTypesText(await Deno.readTextFile(SNAPSHOT));

  assert.ok(types === await Deno.readTextFile(CLIENT_TYPES), `the client's types are not current: ${UPDATE}`);
});

/** Changes to a copy of the document, and what they break. An empty text breaks nothing. */
const CHANGES: [name: string, change: (document: Draft) => void, breaks: string][] = [
  [
    "a removed operation",
    ({ paths }) => delete paths["/projects"].post,
    "POST /projects: the operation is gone",
  ],
  [
    "a renamed operation",
    ({ paths }) => paths["/projects"].post.operationId = "addProject",
    "POST /projects: the operationId has changed",
  ],
  [
    "a removed filter",
    ({ paths }) => paths["/projects"].get.parameters.shift(),
    'GET /projects: the parameter "search" is gone',
  ],
  [
    "a removed field of a response",
    ({ components }) => delete components.schemas.Project.properties.owner_id,
    'GET /projects/{id}: the field "owner_id" of the response 200 is gone',
  ],
  [
    "a field of a response that may be missing",
    ({ components }) => components.schemas.Project.required.shift(),
    'GET /projects/{id}: the field "id" of the response 200 may be missing now',
  ],
  [
    "a field of a response that may be null",
    ({ components }) => components.schemas.Project.properties.name.type = ["string", "null"],
    'GET /projects/{id}: the field "name" of the response 200 can be null now',
  ],
  [
    "a shorter limit for a text",
    ({ paths }) => bodyOf(paths["/projects"].post).properties.name.maxLength = 60,
    'POST /projects: the field "name" of the body has a stricter maxLength',
  ],
  [
    "a new required field",
    ({ paths }) => bodyOf(paths["/projects"].post).required.push("status"),
    'POST /projects: the field "status" of the body is required now',
  ],
  [
    "a choice that is no longer accepted",
    ({ paths }) => bodyOf(paths["/projects"].post).properties.status.enum.pop(),
    'POST /projects: the field "status" of the body can\'t be "archived" any longer',
  ],
  [
    "CSV that is gone",
    ({ paths }) => delete paths["/projects"].get.responses["200"].content["text/csv"],
    "GET /projects: the response 200 is no longer text/csv",
  ],
  [
    "a header that is gone",
    ({ paths }) => delete paths["/projects"].post.responses["201"].headers.ETag,
    "POST /projects: the response 201 has no header ETag any longer",
  ],
  ["a new operation", ({ paths }) => paths["/new"] = paths["/projects"], ""],
  [
    "a new field of a response",
    ({ components }) => components.schemas.Project.properties.color = { type: "string" },
    "",
  ],
  [
    "a new optional field",
    ({ paths }) => bodyOf(paths["/projects"].post).properties.color = { type: "string" },
    "",
  ],
  ["a longer limit", ({ paths }) => bodyOf(paths["/projects"].post).properties.name.maxLength = 200, ""],
];

Deno.test("a change that breaks clients is found, and one that doesn't is not", async (t) => {
  for (const [name, change, breaks] of CHANGES) {
    await t.step(name, () => {
      const changed = structuredClone(DOCUMENT) as unknown as Draft;
      change(changed);

      const found = findBreakingChanges(DOCUMENT as unknown as OpenApi, changed as unknown as OpenApi);

      assert.ok(breaks === "" ? found.length === 0 : found.includes(breaks), found.join("\n"));
    });
  }
});

Deno.test("every operation has an example of its body, which fits the schema", () => {
  for (const { operationId, requestBody } of OPERATIONS) {
    const media = requestBody?.content["application/json"];
    if (!media) continue;
    assert.ok(media.example !== undefined, `${operationId} has no example`);
    assert.ok(fits(`example of ${operationId}`, media.schema, media.example), operationId);
  }
});

Deno.test("every schema that a response contains has an example", () => {
  const without = Object.entries(DOCUMENT.components.schemas!)
    .filter(([, { examples }]) => examples === undefined).map(([name]) => name);

  assert.deepEqual(without, []);
});

Deno.test("the lengths and choices of inputs are in the document", () => {
  const body = OPERATIONS.find(({ operationId }) => operationId === "createProject")!.requestBody!;
  const { name, description, status } = body.content["application/json"]!.schema.properties as Draft;

  assert.deepEqual([name.minLength, name.maxLength, description.maxLength], [1, 120, 2_000]);
  assert.deepEqual(status.enum, ["active", "archived"]);
});

Deno.test("a response that the document doesn't describe fails the test that gets it", () => {
  const answer = (status: number, body: unknown, headers = {}) => ({
    status,
    text: JSON.stringify(body),
    bytes: new Uint8Array(),
    headers: { "x-request-id": "1", "content-type": "application/json", ...headers },
  });
  const [example] = DOCUMENT.components.schemas!.Project!.examples as Record<string, unknown>[];
  const check = (sent: ReturnType<typeof answer>) => () => checkContract("GET", "/api/v1/projects/1", sent);

  assert.doesNotThrow(check(answer(200, example)));
  assert.throws(check(answer(200, { ...example, secret: 1 })), /breaks its schema: .*unevaluated/);
  assert.throws(check(answer(200, { ...example, id: "1" })), /breaks its schema/);
  assert.throws(check(answer(418, example)), /is not in the OpenAPI document/);
  assert.throws(check(answer(200, example, { "content-type": "text/html" })), /content type text\/html/);
  assert.throws(check(answer(401, example)), /lacks www-authenticate/);
});

// deno-lint-ignore no-explicit-any -- a draft of a document is changed in ways that no type describes
type Draft = any;

function bodyOf(operation: Draft): Draft {
  return operation.requestBody.content["application/json"].schema;
}
