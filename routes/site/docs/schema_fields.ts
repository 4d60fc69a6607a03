import type { ReferenceField } from "../../../views/pages/docs/reference.ts";

/** A schema of OpenAPI 3.1, as far as the reference reads it. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
};

/** Finds the schema that a `$ref` names. */
export type Resolve = (schema: Schema) => Schema;

const PLURALS: Record<string, string> = {
  string: "strings",
  uuid: "UUIDs",
  integer: "integers",
  object: "objects",
};
const FORMATS: Record<string, string> = {
  uuid: "UUID",
  "date-time": "time",
  email: "email address",
  uri: "URL",
};
const EXAMPLES: Record<string, unknown> = {
  uuid: "01a21f42-7a11-73fb-9c0e-5d2f6b1c8e90",
  "date-time": "2026-03-02T09:30:00Z",
  email: "ada@acme.example",
  uri: "https://acme.example",
};
const MAX_DEPTH = 4;

/** The fields of an object, or of the objects in an array. Empty for other schemas. */
export function fieldsOf(schema: Schema, resolve: Resolve, depth = 0): ReferenceField[] {
  const { properties = {}, required = [], items } = merged(schema, resolve);
  if (items) return fieldsOf(items, resolve, depth);
  if (depth >= MAX_DEPTH) return [];
  return Object.entries(properties).map(([name, field]) =>
    fieldOf(name, field, required.includes(name), resolve, depth)
  );
}

/** One field of a request or a response. */
export function fieldOf(
  name: string,
  schema: Schema,
  isRequired: boolean,
  resolve: Resolve,
  depth = 0,
): ReferenceField {
  const whole = merged(schema, resolve);
  return {
    name,
    type: typeOf(whole, resolve),
    isRequired,
    description: whole.description ?? "",
    rules: rulesOf(whole),
    fields: fieldsOf(whole, resolve, depth + 1),
  };
}

/** A value that the schema accepts. */
export function exampleOf(schema: Schema, resolve: Resolve, name = "", depth = 0): unknown {
  const whole = merged(schema, resolve);
  const given = whole.example ?? whole.examples?.[0] ?? whole.const ?? whole.enum?.[0];
  if (given !== undefined) return given;
  const type = typesOf(whole)[0];
  if (type === "object") {
    const fields = depth >= MAX_DEPTH ? [] : Object.entries(whole.properties ?? {});
    return Object.fromEntries(
      fields.map(([key, field]) => [key, exampleOf(field, resolve, key, depth + 1)]),
    );
  }
  if (type === "array") return whole.items ? [exampleOf(whole.items, resolve, name, depth + 1)] : [];
  if (whole.default !== undefined) return whole.default;
  return plainExample(whole, type, name);
}

function plainExample({ format, minimum }: Schema, type: string | undefined, name: string): unknown {
  if (type === "integer" || type === "number") return Math.max(minimum ?? 0, 1);
  if (type === "boolean") return true;
  if (type === "null" || type === undefined) return null;
  return EXAMPLES[format ?? ""] ?? (name.replaceAll("_", " ") || "text");
}

/** The schema with its references followed, and its parts and first choice joined. */
function merged(schema: Schema, resolve: Resolve): Schema {
  const own = resolve(schema);
  const choice = (own.oneOf ?? own.anyOf ?? []).map(resolve).find(({ type }) => type !== "null");
  const parts = [...own.allOf ?? [], ...choice ? [choice] : []].map((part) => merged(part, resolve));
  const { description = schema.description, ...rest } = own;
  return parts.reduceRight<Schema>((whole, part) => ({
    ...part,
    ...whole,
    properties: whole.properties || part.properties ? { ...part.properties, ...whole.properties } : undefined,
    required: [...part.required ?? [], ...whole.required ?? []],
  }), { ...rest, ...description === undefined ? {} : { description } });
}

function typesOf({ type, properties, items, enum: values }: Schema): string[] {
  if (type) return [type].flat();
  if (properties) return ["object"];
  if (items) return ["array"];
  return values ? [typeof values[0]] : [];
}

function typeOf(schema: Schema, resolve: Resolve): string {
  const types = typesOf(schema).map((type) => {
    if (type === "string") return FORMATS[schema.format ?? ""] ?? "string";
    if (type !== "array") return type;
    const [of = "value"] = schema.items ? typesOf(merged(schema.items, resolve)) : [];
    return `array of ${PLURALS[of] ?? `${of}s`}`;
  });
  return types.join(" or ") || "any value";
}

function rulesOf(schema: Schema): string[] {
  const { enum: values, default: ifAbsent } = schema;
  return [
    values ? `One of ${values.map((value) => JSON.stringify(value)).join(", ")}` : "",
    rangeOf(schema.minLength, schema.maxLength, "character"),
    rangeOf(schema.minItems, schema.maxItems, "item"),
    rangeOf(schema.minimum, schema.maximum),
    ifAbsent === undefined || ifAbsent === "" ? "" : `${JSON.stringify(ifAbsent)} by default`,
  ].filter(Boolean);
}

function rangeOf(from: number | undefined, to: number | undefined, unit = ""): string {
  const limit = to === undefined || to >= Number.MAX_SAFE_INTEGER ? undefined : to;
  const units = (count: number) => unit ? ` ${unit}${count === 1 ? "" : "s"}` : "";
  if (limit !== undefined && from) return `${from} to ${limit}${units(limit)}`;
  if (limit !== undefined) return `At most ${limit}${units(limit)}`;
  return from ? `At least ${from}${units(from)}` : "";
}
