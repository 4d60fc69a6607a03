import { openApiDocument } from "../../routes/api/api.ts";

type Schema = {
  /** With `null` as a second type if the value may be null. */
  type?: string | string[];
  enum?: unknown[];
  format?: string;
  minimum?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
};

const { paths } = openApiDocument("https://app.example");

/** The smallest body that an operation of the API takes, by its schema in the document. Texts are `text`. */
export function sampleBody(method: string, path: string, text: string): Record<string, unknown> {
  const operations = paths?.[path] as Record<string, { requestBody?: RequestBody }> | undefined;
  const schema = operations?.[method.toLowerCase()]?.requestBody?.content["application/json"].schema ?? {};
  return sample(schema, text) as Record<string, unknown>;
}

type RequestBody = { content: { "application/json": { schema: Schema } } };

function sample({ type, enum: values, format, minimum = 1, ...schema }: Schema, text: string): unknown {
  if (Array.isArray(type) && type.includes("null")) return null;
  if (values) return values[0];
  switch (type) {
    case "string":
      return FORMATS[format ?? ""] ?? text;
    case "boolean":
      return true;
    case "integer":
    case "number":
      return minimum;
    case "array":
      return schema.items ? [sample(schema.items, text)] : [];
    default: {
      const { properties = {}, required = [] } = schema;
      return Object.fromEntries(
        required.map((
          name,
        ) => [name, NAMED[name.replace(/^.*_email$/, "email")] ?? sample(properties[name]!, text)]),
      );
    }
  }
}

/** Values whose form the document doesn't tell. The keys are those of the example in RFC 8291. */
const NAMED: Record<string, unknown> = {
  email: "someone@globex.example",
  domain: "globex.example",
  p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
  auth: "BTBZMqHH6r4Tts7J_aSIgg",
  trigger: { type: "tag", value: "customer" },
  filter: { match: "all", conditions: [{ type: "tag", op: "has", value: "customer" }] },
};

const FORMATS: Record<string, string> = {
  email: "someone@globex.example",
  uri: "https://globex.example/",
  uuid: "0198c0de-0000-7000-8000-000000000001",
  date: "2026-03-02",
  "date-time": "2026-03-02T09:00:00Z",
};
