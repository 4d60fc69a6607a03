import assert from "node:assert/strict";
import { findBreakingChanges, type OpenApi } from "../../deploy/scripts/breaking_changes.ts";
import { CLIENT_TYPES, clientTypesText, SNAPSHOT, snapshotText } from "../../deploy/scripts/openapi.ts";
import { checkContract, DOCUMENT, fits, OPERATIONS, type Schema } from "../support/contract.ts";

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

const CONDITION = 'an item of the field "conditions" of the field "filter" of the body';
const PROBLEM = { $ref: "#/components/responses/Problem404" };

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
  [
    "a removed webhook event",
    ({ webhooks }) => delete webhooks["project.created"],
    "webhook project.created: the event is gone",
  ],
  [
    "a removed header of a webhook",
    ({ webhooks }) => webhooks["project.created"].post.parameters.shift(),
    'webhook project.created: the header "webhook-id" is gone',
  ],
  [
    "a removed field of a webhook's body",
    ({ webhooks }) => delete bodyOf(webhooks["project.created"].post).properties.timestamp,
    'webhook project.created: the field "timestamp" of the body is gone',
  ],
  [
    "a removed field of problems",
    ({ components }) => delete components.schemas.Problem.properties.request_id,
    'GET /projects/{id}: the field "request_id" of the response 404 is gone',
  ],
  [
    "a problem that is gone",
    ({ paths }) => delete paths["/projects"].post.responses["409"],
    "POST /projects: the response 409 is gone",
  ],
  [
    "a header of a problem that is gone",
    ({ components }) => delete components.responses.Problem429.headers["Retry-After"],
    "GET /projects: the response 429 has no header Retry-After any longer",
  ],
  [
    "a removed field of one of two forms of a response",
    ({ components }) => delete components.schemas.Tokens.properties.refresh_token,
    'POST /auth/login: the field "refresh_token" of the response 200 is gone',
  ],
  [
    "a condition that segments no longer take",
    ({ paths }) => conditionsOf(paths["/segments"].post).splice(1, 1),
    `POST /segments: ${CONDITION} can't have the type "tag" any longer`,
  ],
  [
    "a removed field of a condition",
    ({ paths }) => delete conditionsOf(paths["/segments"].post)[0].properties.op,
    `POST /segments: the field "op" of ${CONDITION} is gone`,
  ],
  [
    "a removed form of a value that clients send",
    ({ paths }) => bodyOf(paths["/segments"].post).properties.name = { anyOf: [{ type: "null" }] },
    'POST /segments: the field "name" of the body can\'t be string any longer',
  ],
  [
    "a response that may be of another type",
    ({ components }) => {
      const { properties } = components.schemas.Project;
      properties.name = { oneOf: [properties.name, { type: "integer" }] };
    },
    'GET /projects/{id}: the field "name" of the response 200 can be integer now',
  ],
  [
    "a field that is gone from a part of a schema",
    ({ components }) => {
      const { schemas } = components;
      delete schemas.Project.properties.name;
      schemas.Named = { type: "object", properties: { id: { type: "string" } } };
      schemas.Project = { allOf: [{ $ref: "#/components/schemas/Named" }, schemas.Project] };
    },
    'GET /projects/{id}: the field "name" of the response 200 is gone',
  ],
  [
    "further fields that are no longer accepted",
    ({ paths }) => bodyOf(paths["/contacts"].post).properties.fields.additionalProperties = false,
    'POST /contacts: the field "fields" of the body has no further fields any longer',
  ],
  [
    "further fields of another type",
    ({ components }) => components.schemas.Contact.properties.fields.additionalProperties = {},
    'GET /contacts/{id}: a further field of the field "fields" of the response 200 can be anything now',
  ],
  [
    "a removed security scheme",
    ({ components }) => delete components.securitySchemes.api_key,
    'the security scheme "api_key" is gone',
  ],
  [
    "a security scheme in another header",
    ({ components }) => components.securitySchemes.api_key.name = "X-Key",
    'the security scheme "api_key" has changed',
  ],
  [
    "credentials that an operation no longer accepts",
    ({ paths }) => paths["/projects"].get.security.pop(),
    'GET /projects: "api_key" is no longer accepted',
  ],
  [
    "an operation that needs credentials now",
    ({ paths }) => paths["/plans"].get.security = [{ bearer: [] }],
    "GET /plans: credentials are needed now",
  ],
  ["a new webhook event", ({ webhooks }) => webhooks["project.moved"] = webhooks["project.created"], ""],
  ["a new problem", ({ paths }) => paths["/plans"].get.responses["404"] = PROBLEM, ""],
  [
    "a new condition",
    ({ paths }) =>
      conditionsOf(paths["/segments"].post).push({ type: "object", properties: { type: { const: "new" } } }),
    "",
  ],
  [
    "a field that is moved into a part of its schema",
    ({ components }) => {
      const { schemas } = components;
      const { id, ...properties } = schemas.Project.properties;
      schemas.Identified = { type: "object", properties: { id } };
      const rest = { ...schemas.Project, properties };
      schemas.Project = { allOf: [{ $ref: "#/components/schemas/Identified" }, rest] };
    },
    "",
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

/** What an input promises to take at most, and addresses and colors as people write them. */
const BOUNDS: [operation: string, field: string, keyword: string, bound: unknown][] = [
  ["createWebhookEndpoint", "url", "maxLength", 2_000],
  ["createWebhookEndpoint", "headers", "maxProperties", 20],
  ["createContact", "fields", "maxProperties", 30],
  ["saveReport", "window_hours", "maximum", 2_160],
  ["recordUsage", "metric", "enum", ["compute_minutes"]],
  ["createContact", "email", "format", "email"],
  ["createInvitation", "email", "format", "email"],
];

Deno.test("the document has the bounds that the API checks", () => {
  for (const [operation, field, keyword, bound] of BOUNDS) {
    assert.deepEqual(inputOf(operation).properties[field][keyword], bound, `${operation}: ${field}`);
  }
  const { propertyNames } = inputOf("createWebhookEndpoint").properties.headers;
  const events = inputOf("testWebhookEndpoint").properties.event.enum;
  assert.equal(propertyNames.maxLength, 100);
  assert.ok(events.includes("webhook.test") && events.includes("project.created"));
});

Deno.test("the document allows what the API normalizes", () => {
  const accepts = (name: string, value: object) => {
    const { schema, example } = mediaOf(OPERATIONS.find(({ operationId }) => operationId === name)!);
    return fits(`body of ${name}`, schema, { ...example, ...value });
  };

  assert.ok(accepts("createContact", { email: "Ada@Example.com" }));
  assert.ok(accepts("createInvitation", { email: "Ada@Example.com" }));
  assert.ok(accepts("updateTenant", { brand_color: "#0B6B58" }));
  assert.ok(accepts("setSendingDomain", { domain: "Example.com", sender: "News" }));
  assert.ok(!accepts("createContact", { email: "Ada" }));
  assert.ok(!accepts("updateTenant", { brand_color: "#0B6B5" }));
});

Deno.test("every text that clients send has a bound in the document", () => {
  const inputs = OPERATIONS.flatMap(({ operationId, parameters = [], requestBody }) => [
    ...parameters.map(({ name, schema }) => ({ name: `${operationId} ${name}`, schema })),
    ...Object.values(requestBody?.content ?? {}).map(({ schema }) => ({ name: operationId, schema })),
  ]);

  const unbounded = inputs.flatMap(({ name, schema }) => unboundedTexts(name, schema));

  assert.ok(inputs.length > 100);
  assert.deepEqual(unbounded, []);
  assert.deepEqual(unboundedTexts("text", { type: "string", pattern: "^a+$" }), ["text"]);
});

/** The texts in a schema that may have any length. */
function unboundedTexts(name: string, schema: Schema): string[] {
  const { $ref, type, properties = {}, items, additionalProperties } = schema;
  if ($ref) return unboundedTexts(name, DOCUMENT.components.schemas![String($ref).split("/").at(-1)!]!);
  const parts = Object.entries(properties as Record<string, Schema>);
  const inner = [items, additionalProperties, schema.anyOf, schema.oneOf, schema.allOf].flat();
  const isText = [type].flat().includes("string");
  return [
    ...(isText && !isBounded(schema) ? [name] : []),
    ...parts.flatMap(([field, part]) => unboundedTexts(`${name}.${field}`, part)),
    ...inner.filter((part) => typeof part === "object")
      .flatMap((part) => unboundedTexts(`${name}[]`, part as Schema)),
  ];
}

const BOUNDED_FORMATS = ["uuid", "date", "date-time"];

function isBounded({ maxLength, enum: choices, const: only, format, pattern }: Schema): boolean {
  if (maxLength !== undefined || choices !== undefined || only !== undefined) return true;
  return BOUNDED_FORMATS.includes(String(format)) ||
    (pattern !== undefined && isBoundedPattern(String(pattern)));
}

/** Whether the pattern matches whole texts, and repeats nothing without end. */
function isBoundedPattern(pattern: string): boolean {
  const repeats = pattern.replaceAll(/\\.|\[[^\]]*\]/g, "x");
  return /^\^.*\$$/.test(pattern) && !/[*+]|\{\d+,\}/.test(repeats);
}

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

function inputOf(name: string): Draft {
  return bodyOf(OPERATIONS.find(({ operationId }) => operationId === name)!);
}

function bodyOf(operation: Draft): Draft {
  return mediaOf(operation).schema;
}

function mediaOf(operation: Draft): Draft {
  return operation.requestBody.content["application/json"];
}

function conditionsOf(operation: Draft): Draft {
  const { items } = bodyOf(operation).properties.filter.properties.conditions;
  return items.oneOf ?? items.anyOf;
}
