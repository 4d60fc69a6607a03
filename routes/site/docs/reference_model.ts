import { EVENTS_TYPE } from "../../operation_document.ts";
import type {
  Credential,
  ReferenceAnswer,
  ReferenceEvent,
  ReferenceGroup,
  ReferenceOperation,
} from "../../../views/pages/docs/reference.ts";
import { exampleOf, fieldOf, fieldsOf, type Resolve, type Schema } from "./schema_fields.ts";

type Media = { schema?: Schema; example?: unknown; examples?: Record<string, { value?: unknown }> };
type Content = Record<string, Media>;
type Parameter = {
  $ref?: string;
  name: string;
  in: "path" | "query" | "header" | "cookie";
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
};
type Operation = {
  tags?: string[];
  operationId?: string;
  summary?: string;
  description?: string;
  security?: Record<string, unknown>[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { $ref?: string; description?: string; content?: Content }>;
};

/** The parts of an OpenAPI 3.1 document that the reference shows. */
type Document = {
  paths: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, { post: Operation }>;
  components: Record<string, Record<string, unknown>>;
};

const METHODS = ["get", "post", "patch", "put", "delete"];
const OTHER = "Other";
const EVENTS = "Webhook events";
const API_KEY = "api_key";
/** Values of parameters that have none in the document. */
const EXAMPLES: Record<string, unknown> = {
  event: "order_placed",
  property: "country",
  steps: ["page_viewed", "order_placed"],
};
const JSON_TYPE = /^application\/(?:[a-z.+-]+\+)?json$/;

/** The operations of the document by resource, in its order, and then the events of its webhooks. */
export function referenceOf(openApi: object): ReferenceGroup[] {
  const document = openApi as Document;
  const resolve = resolverOf(document);
  const groups = new Map<string, ReferenceOperation[]>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const tag = operation.tags?.[0] ?? OTHER;
      const shown = describe(method, path, operation, document, resolve);
      groups.set(tag, [...groups.get(tag) ?? [], shown]);
    }
  }
  const events = Object.entries(document.webhooks ?? {}).map(([type, { post }]) =>
    describeEvent(type, post, resolve)
  );
  return [
    ...[...groups].map(([title, operations]) => ({ slug: slugOf(title), title, operations, events: [] })),
    ...events.length > 0 ? [{ slug: slugOf(EVENTS), title: EVENTS, operations: [], events }] : [],
  ];
}

export function slugOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
}

function describe(
  method: string,
  path: string,
  operation: Operation,
  document: Document,
  resolve: Resolve,
): ReferenceOperation {
  const parameters = (operation.parameters ?? []).map((each) => followed(each, document));
  const fieldsIn = (place: Parameter["in"]) =>
    parameters.filter((each) => each.in === place).map((
      { name, schema = {}, required = false, description },
    ) => fieldOf(name, { ...resolve(schema), ...description ? { description } : {} }, required, resolve));
  const body = jsonOf(operation.requestBody?.content);
  return {
    id: operation.operationId ?? `${method}${path}`,
    method: method.toUpperCase(),
    path,
    examplePath: examplePathOf(path, parameters, resolve),
    title: operation.summary ?? path,
    description: operation.description ?? "",
    credential: credentialOf(operation),
    content: contentOf(operation, document),
    pathFields: fieldsIn("path"),
    queryFields: fieldsIn("query"),
    headerFields: fieldsIn("header"),
    bodyFields: body?.schema ? fieldsOf(body.schema, resolve) : [],
    bodyExample: body && mediaExample(body, resolve),
    answers: Object.entries(operation.responses).map(([status, answer]) =>
      answerOf(status, followed(answer, document), resolve)
    ),
  };
}

function describeEvent(
  id: string,
  { description = "", requestBody }: Operation,
  resolve: Resolve,
): ReferenceEvent {
  const body = jsonOf(requestBody?.content);
  const fields = body?.schema ? fieldsOf(body.schema, resolve) : [];
  return {
    id,
    description,
    fields: fields.find(({ name }) => name === "data")?.fields ?? [],
    example: body && mediaExample(body, resolve),
  };
}

function examplePathOf(path: string, parameters: Parameter[], resolve: Resolve): string {
  const valuesOf = ({ name, schema = {}, example }: Parameter) =>
    [example ?? EXAMPLES[name] ?? exampleOf(schema, resolve, name)].flat().map(String);
  const query = parameters.filter((each) => each.in === "query" && each.required).flatMap((parameter) =>
    valuesOf(parameter).map((value) => [parameter.name, value])
  );
  const filled = parameters.filter((each) => each.in === "path").reduce(
    (rest, parameter) => rest.replace(`{${parameter.name}}`, encodeURIComponent(valuesOf(parameter)[0]!)),
    path,
  );
  return query.length > 0 ? `${filled}?${new URLSearchParams(query)}` : filled;
}

function credentialOf({ security = [] }: Operation): Credential {
  if (security.length === 0) return "none";
  return security.some((scheme) => API_KEY in scheme) ? "key" : "token";
}

function contentOf({ responses }: Operation, document: Document): ReferenceOperation["content"] {
  const [, success] = Object.entries(responses).find(([status]) => status.startsWith("2")) ?? [];
  const { content = {} } = success ? followed(success, document) : {};
  if (jsonOf(content)) return "json";
  return EVENTS_TYPE in content ? "events" : "nothing";
}

function answerOf(
  status: string,
  { description = "", content }: Operation["responses"][string],
  resolve: Resolve,
): ReferenceAnswer {
  const media = jsonOf(content);
  const isSuccess = status.startsWith("2");
  return {
    status,
    description,
    fields: isSuccess && media?.schema ? fieldsOf(media.schema, resolve) : [],
    example: isSuccess && media ? mediaExample(media, resolve) : content?.[EVENTS_TYPE]?.example,
  };
}

function mediaExample({ schema = {}, example, examples = {} }: Media, resolve: Resolve): unknown {
  return example ?? Object.values(examples)[0]?.value ?? exampleOf(schema, resolve);
}

function jsonOf(content: Content = {}): Media | undefined {
  return Object.entries(content).find(([type]) => JSON_TYPE.test(type))?.[1];
}

function resolverOf(document: Document): Resolve {
  return (schema) => followed(schema, document);
}

/** The part of the document that `$ref` names, with what stands beside the reference. */
function followed<Part extends { $ref?: string }>(part: Part, { components }: Document): Part {
  const { $ref, ...beside } = part;
  const [, kind, name] = /^#\/components\/(\w+)\/(.+)$/.exec($ref ?? "") ?? [];
  if (!kind || !name) return part;
  return { ...components[kind]?.[name] as Part, ...beside };
}
