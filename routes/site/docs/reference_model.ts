import type {
  ReferenceAnswer,
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
  components: Record<string, Record<string, unknown>>;
};

const METHODS = ["get", "post", "patch", "put", "delete"];
const OTHER = "Other";
const JSON_TYPE = /^application\/(?:[a-z.+-]+\+)?json$/;

/** The operations of the document by resource, in its order. */
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
  return [...groups].map(([title, operations]) => ({ slug: slugOf(title), title, operations }));
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
    title: operation.summary ?? path,
    description: operation.description ?? "",
    isPublic: !operation.security?.length,
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
    example: isSuccess && media ? mediaExample(media, resolve) : undefined,
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
