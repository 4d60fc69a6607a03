import fc from "fast-check";
import { DOCUMENT, type Operation, type Schema } from "./contract.ts";

/** A request as the document describes it, mostly: any part may be missing, or something else. */
export type GeneratedRequest = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
};

type Listed = Operation & { method: string; path: string };

const HOSTILE_TEXTS = [
  "",
  "\0",
  "\ud800",
  "\u202e",
  "' or 1=1 --",
  "../../etc/passwd",
  "%00",
  "__proto__",
  "{{7*7}}",
  "=cmd()",
  "x".repeat(10_000),
];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
);

const FORMATS: Record<string, fc.Arbitrary<string>> = {
  uuid: fc.uuid(),
  email: fc.emailAddress(),
  "date-time": fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  date: fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
};

/** Any request to the operation. `ids` exist, so that some requests find something. */
export function requestTo(operation: Listed, ids: readonly string[]): fc.Arbitrary<GeneratedRequest> {
  const { method, path, parameters = [], requestBody } = operation;
  const valuesOf = (place: string) =>
    fc.record(
      Object.fromEntries(
        parameters.filter((each) => each.in === place).map(({ name, schema }) => [name, textOf(schema)]),
      ),
      { requiredKeys: [] },
    );
  const schema = requestBody?.content["application/json"]?.schema;
  return fc.record({
    id: fc.oneof(fc.constantFrom(...ids), fc.uuid(), text),
    query: valuesOf("query"),
    headers: fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, {
      weight: 1,
      arbitrary: valuesOf("header"),
    }),
    body: schema ? bodyOf(schema) : fc.constant(undefined),
  }).map(({ id, query, headers, body }) => ({
    method,
    path: `${path.replace(/\{\w+\}/, encode(id) || "x")}${queryText(query)}`,
    headers: {
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...inHeaders(headers as Record<string, string>),
    },
    body,
  }));
}

function bodyOf(schema: Schema): fc.Arbitrary<string | undefined> {
  return fc.oneof(
    { weight: 12, arbitrary: valueOf(schema).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ maxLength: 30 }).map((text) => text || undefined) },
  );
}

/** Usually a value that fits the schema, sometimes another one. */
function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 8, arbitrary: fittingValue(resolved(schema)) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
    { weight: 1, arbitrary: text },
  );
}

function fittingValue(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum as unknown[]);
  const choices = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (choices) return fc.oneof(...choices.map(valueOf));
  const types = [schema.type ?? "string"].flat() as string[];
  return fc.oneof(...types.map((type) => fittingType(type, schema)));
}

function fittingType(type: string, schema: Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number":
      return fc.integer({ min: Number(schema.minimum ?? -10), max: Number(schema.maximum ?? 1_000_000) });
    case "array":
      return fc.array(valueOf(schema.items as Schema), { maxLength: 3 });
    case "object":
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties as Record<string, Schema> ?? {})
            .map(([name, field]) => [name, valueOf(field)]),
        ),
        { requiredKeys: schema.required as string[] ?? [] },
      );
    default:
      return FORMATS[String(schema.format)] ?? text;
  }
}

function textOf(schema: Schema): fc.Arbitrary<string> {
  return valueOf(schema).map((value) => typeof value === "string" ? value : JSON.stringify(value));
}

function resolved(schema: Schema): Schema {
  if (typeof schema.$ref !== "string") return schema;
  return DOCUMENT.components.schemas![schema.$ref.split("/").at(-1)!]!;
}

function queryText(query: object): string {
  const pairs = Object.entries(query as Record<string, string>)
    .map(([name, value]) => `${name}=${encode(value)}`);
  return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Only what a header can contain. */
function inHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map((
      [name, value],
    ) => [name, value.replaceAll(/[^\x21-\x7e]/g, "").slice(0, 500)]),
  );
}
