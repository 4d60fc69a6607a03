import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import assert from "node:assert/strict";
import { openApiDocument } from "../../routes/api/api.ts";
import type { RawAnswer } from "./http.ts";

export type Schema = { [keyword: string]: unknown };
export type Operation = {
  operationId: string;
  parameters?: { name: string; in: string; schema: Schema; required?: boolean }[];
  security: Record<string, string[]>[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema; example?: unknown }> };
  responses: Record<string, Response | { $ref: string }>;
  "x-permission"?: string;
};
type Response = { content?: Record<string, { schema: Schema }>; headers?: Record<string, unknown> };

/** The document as a client reads it. */
export const DOCUMENT = JSON.parse(JSON.stringify(openApiDocument("https://app.example"))) as {
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, Schema>>;
  webhooks: Record<string, { post: Operation }>;
};

/** Each operation with its method and path, such as `PATCH /projects/{id}`. */
export const OPERATIONS = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([verb, operation]) => ({ method: verb.toUpperCase(), path, ...operation }))
);

/** Headers that every response with these statuses must have, besides those that depend on the state. */
const REQUIRED_HEADERS: Record<string, string[]> = {
  201: ["location"],
  304: ["etag"],
  307: ["location"],
  401: ["www-authenticate"],
  415: ["accept-post"],
  429: ["retry-after"],
  503: ["retry-after"],
};

/** What is left of limits. Present or absent together. */
const LIMITS = ["RateLimit", "RateLimit-Policy"];

/** Responses to requests for a path or a method that the API doesn't have. */
const OF_NO_OPERATION: Operation["responses"] = Object.fromEntries([
  [307, { $ref: "#/components/responses/FormerSubdomain" }],
  ...[401, 403, 404, 429, 503].map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]),
]);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const validators = new Map<string, ValidateFunction>();

/** Fails if the document doesn't describe this response: its status, its content type, its headers, or any field. */
export function checkContract(method: string, address: string, answer: RawAnswer): void {
  const { status, headers, text } = answer;
  const operation = findOperation(method, address);
  const name = `${operation?.operationId ?? `${method} ${address}`} ${status}`;
  const documented = (operation?.responses ?? OF_NO_OPERATION)[status];
  assert.ok(documented, `${name} is not in the OpenAPI document: ${text.slice(0, 300)}`);
  for (const header of ["x-request-id", ...REQUIRED_HEADERS[status] ?? []]) {
    assert.ok(headers[header] !== undefined, `${name} lacks ${header}`);
  }
  const { content, headers: described = {} } = resolve(documented);
  for (const header of LIMITS) {
    const isDescribed = headers[header.toLowerCase()] === undefined || header in described;
    assert.ok(isDescribed, `${name} has ${header}, which is not in the OpenAPI document`);
  }
  if (!content) return assert.equal(text, "", `${name} has a body that is not in the OpenAPI document`);
  const type = (headers["content-type"] ?? "").split(";")[0]!;
  const schema = content[type]?.schema;
  assert.ok(schema, `${name} has the content type ${type}, which is not in the OpenAPI document`);
  if (!type.endsWith("json")) return;
  const validate = validatorOf(`${name} ${type}`, schema);
  assert.ok(
    validate(JSON.parse(text)),
    `${name} breaks its schema: ${ajv.errorsText(validate.errors)}: ${text}`,
  );
}

/** Fails if the document doesn't describe this webhook: its type, its headers, or any field. */
export function checkWebhook(headers: Record<string, string>, body: string): void {
  const sent = JSON.parse(body);
  const type = String(sent.type);
  const webhook = DOCUMENT.webhooks[type]?.post;
  assert.ok(webhook, `the webhook ${type} is not in the OpenAPI document`);
  const validate = validatorOf(
    `webhook ${type}`,
    webhook.requestBody!.content["application/json"]!.schema,
  );
  assert.ok(validate(sent), `${type} breaks its schema: ${ajv.errorsText(validate.errors)}: ${body}`);
  for (const { name } of webhook.parameters ?? []) assert.ok(headers[name], `${type} lacks ${name}`);
}

/** Whether a value fits a schema of the document. `name` identifies the schema. */
export function fits(name: string, schema: Schema, value: unknown): boolean {
  return validatorOf(name, schema)(value);
}

function validatorOf(name: string, schema: Schema): ValidateFunction {
  const known = validators.get(name);
  if (known) return known;
  const { schemas } = DOCUMENT.components;
  const validator = ajv.compile({ ...closed(schema) as Schema, components: closed({ schemas }) });
  validators.set(name, validator);
  return validator;
}

function findOperation(method: string, address: string): Operation | undefined {
  const path = address.split("?")[0]!.replace(/^\/api(\/v1)?(?=\/)/, "");
  const template = DOCUMENT.paths[path]
    ? path
    : Object.keys(DOCUMENT.paths).find((documented) =>
      new RegExp(`^${documented.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path)
    );
  return template === undefined ? undefined : DOCUMENT.paths[template]![method.toLowerCase()];
}

function resolve(response: Response | { $ref: string }): Response {
  if (!("$ref" in response)) return response;
  return DOCUMENT.components.responses![response.$ref.split("/").at(-1)!] as Response;
}

/** The schema, in which no object has a field that isn't documented. */
function closed(value: unknown, isPart = false): unknown {
  if (Array.isArray(value)) return value.map((item) => closed(item, isPart));
  if (typeof value !== "object" || value === null) return value;
  const schema = Object.fromEntries(
    Object.entries(value).map(([keyword, inner]) => [keyword, closed(inner, keyword === "allOf")]),
  );
  const isWhole = "allOf" in schema || (isObjectSchema(schema) && !("additionalProperties" in schema));
  return isWhole && !isPart ? { ...schema, unevaluatedProperties: false } : schema;
}

function isObjectSchema({ type, properties }: Schema): boolean {
  return typeof properties === "object" && [type].flat().includes("object");
}
