import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Answer } from "./api/answers.ts";
import type { Deprecation } from "./api/deprecation.ts";
import { headersOfNotModified, headersOfSuccess, requestHeaders } from "./api/documented_headers.ts";
import { CSV_TYPE, JSON_TYPE } from "./api/list_answer.ts";
import { problems, type ProblemStatus, REDIRECT } from "./api/problem_answers.ts";
import type { HttpEnv } from "./http.ts";
import type { Audience, Description, Verb } from "./resource.ts";
import { describeWire, type Sendable, toWire, wireSchema } from "./wire.ts";

export const EVENTS_TYPE = "text/event-stream";

/** An operation may fail, and the host may be no tenant's. */
const ANY_OPERATION: ProblemStatus[] = [404, 500, 503];

const ID = z.uuid().openapi({
  description: "The ID of the resource",
  example: "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01",
});

/** What the parameters of all lists mean. Any other parameter keeps the items with its value. */
const LIST_PARAMETERS: Record<string, string> = {
  cursor: "Where the page starts: the `next_cursor` of the page before, with the same filters and order",
  limit: "How many items a page has at most",
  search: "Keeps the items that contain this text",
  since: "Keeps the items from this time or day (UTC) on",
  sort: "The order. A leading `-` means descending.",
  until: "Keeps the items up to this time or day (UTC), included",
};

export type Documented = Description & {
  tag: string;
  body?: z.ZodObject;
  example?: unknown;
  query?: z.ZodObject;
  answer: Answer<z.ZodType>;
  otherAnswer?: Answer<z.ZodType>;
  isList?: boolean;
  /** The answer can be CSV, as a list's can. */
  csv?: unknown;
  takesKey?: boolean;
  checksMatch?: boolean;
  sendsEtag?: boolean;
  /** The answer is a stream of events. An example of it. */
  streams?: string;
};

const exampleOf = new WeakMap<z.ZodType, unknown>();

/** A named object schema in the document, with an example of it. */
export function model<Shape extends z.ZodRawShape>(
  name: string,
  shape: Shape,
  example?: Sendable<z.output<z.ZodObject<Shape>>>,
): z.ZodObject<Shape> {
  const schema = z.object(shape);
  if (example) exampleOf.set(schema, example);
  describeWire(schema, (wire) => wire.openapi(name, example && { examples: [toWire(schema, example)] }));
  return schema;
}

/** A page of a list, as JSON. */
export function pageModel<Item extends z.ZodType>(name: string, item: Item) {
  const example = exampleOf.get(item) as Sendable<z.output<Item>> | undefined;
  return model(name, {
    data: z.array(item),
    nextCursor: z.string().nullable().openapi({
      description: "Send it as `cursor` to get the next page. Null on the last page.",
    }),
  }, example && { data: [example], nextCursor: null });
}

/** Adds an operation to the OpenAPI document of `api`. */
export function documentOperation<E extends HttpEnv>(
  api: OpenAPIHono<E>,
  { credentials, refusals }: Pick<Audience<E, unknown>, "credentials" | "refusals">,
  verb: Verb,
  path: string,
  operation: Documented,
): void {
  const { tag, operationId, summary, body, query, deprecated, permission, events, limits } = operation;
  const isOpen = credentials.length === 0;
  api.openAPIRegistry.registerPath({
    method: verb,
    path,
    tags: [tag],
    security: credentials.map((scheme) => ({ [scheme]: [] })),
    operationId,
    summary,
    description: describe(operation),
    ...(deprecated && { deprecated: true }),
    ...(permission && { "x-permission": permission.key }),
    ...(events && { "x-events": events.map(({ name }) => name) }),
    ...(limits && {
      "x-rate-limits": limits.map(({ name, limit, window }) => ({
        name,
        limit,
        window_seconds: window / 1_000,
      })),
    }),
    request: {
      params: pathParameters(path, operation),
      query: query && parametersOf(query),
      headers: requestHeaders(verb, operation, isOpen),
      body: body && { required: !isAllOptional(body), content: { [JSON_TYPE]: bodyOf(operation) } },
    },
    responses: {
      ...success(operation, isOpen),
      ...(verb === "get" && operation.sendsEtag ? { 304: NOT_MODIFIED } : {}),
      ...REDIRECT,
      ...problems([...refusals, ...refusalsOf(verb, operation, isOpen), ...ANY_OPERATION]),
    },
  });
}

function pathParameters(path: string, { parameter = ID }: Documented): z.ZodObject | undefined {
  const [, name] = /\{(\w+)\}/.exec(path) ?? [];
  return name === undefined ? undefined : z.object({ [name]: parameter });
}

const NOT_MODIFIED = {
  description: "The client has the current version: its ETag is in `If-None-Match`",
  headers: headersOfNotModified(),
};

/** The description, with the permission and the deprecation if it doesn't name them. */
function describe({ summary, description = `${summary}.`, permission, deprecated }: Documented): string {
  return [
    description,
    ...(permission && !description.includes(permission.key)
      ? [`Needs the permission \`${permission.key}\`.`]
      : []),
    ...(deprecated ? [deprecationNotice(deprecated)] : []),
  ].join(" ");
}

function deprecationNotice({ since, sunset, guide }: Deprecation): string {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const end = sunset ? ` It may be gone from ${day(sunset)} on.` : "";
  return `Deprecated since ${day(since)}.${end} See ${guide}.`;
}

function parametersOf(query: z.ZodObject): z.ZodObject {
  const fields = Object.entries(wireSchema(query).shape as Record<string, z.ZodType>);
  return z.object(Object.fromEntries(
    fields.map(([name, field]) => {
      const description = LIST_PARAMETERS[name] ?? field.description ??
        `Keeps the items with this \`${name}\``;
      return [name, field.meta({ description })];
    }),
  ));
}

function bodyOf({ body, example }: Documented) {
  return {
    schema: wireSchema(body!),
    ...(example === undefined ? {} : { example: toWire(body!, example as never) }),
  };
}

function isAllOptional(body: z.ZodObject): boolean {
  return body.safeParse({}).success;
}

function success(operation: Documented, isOpen: boolean) {
  const answers = [operation.answer, ...(operation.otherAnswer ? [operation.otherAnswer] : [])];
  return Object.fromEntries(
    answers.map((answer) => [answer.status ?? 200, successOf(operation, answer, isOpen)]),
  );
}

function successOf(
  operation: Documented,
  { status = 200, description, schema }: Answer<z.ZodType>,
  isOpen: boolean,
) {
  const { isList, csv, streams } = operation;
  const content = schema
    ? {
      [JSON_TYPE]: { schema: wireSchema(schema) },
      ...((isList || csv !== undefined) && { [CSV_TYPE]: { schema: z.string() } }),
    }
    : streams && { [EVENTS_TYPE]: { schema: z.string(), example: streams } };
  return {
    description,
    ...(content && { content }),
    headers: headersOfSuccess(status, operation, isOpen),
  };
}

/** Derives statuses from the operation's shape: an outdated version, an invalid or too large input. */
function refusalsOf(
  verb: Verb,
  { body, query, takesKey, limits, refusals = [] }: Documented,
  isOpen: boolean,
): ProblemStatus[] {
  const readsKey = verb !== "get" && !isOpen;
  return [
    ...(verb === "get" ? [] : [412] as const),
    ...(body ? [413, 415] as const : []),
    ...(body || query || readsKey ? [422] as const : []),
    ...(readsKey ? [400] as const : []),
    ...(takesKey ? [409] as const : []),
    ...(limits ? [429] as const : []),
    ...refusals,
  ];
}
