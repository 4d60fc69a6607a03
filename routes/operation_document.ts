import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Env } from "hono";
import { problems, type ProblemStatus } from "./api/problem_answers.ts";
import type { Answer, Audience, Description, Verb } from "./resource.ts";
import { describeWire, wireSchema } from "./wire.ts";

const ETAG = {
  ETag: { schema: { type: "string" as const }, description: "The resource's version, to send in If-Match" },
};

const ANY_OPERATION: ProblemStatus[] = [500, 503];

type Documented = Description & {
  tag: string;
  body?: z.ZodObject;
  query?: z.ZodObject;
  answer: Answer<z.ZodType>;
  takesVersion?: boolean;
  sendsVersion?: boolean;
};

/** A named object schema in the document. */
export function model<Shape extends z.ZodRawShape>(name: string, shape: Shape): z.ZodObject<Shape> {
  const schema = z.object(shape);
  describeWire(schema, (wire) => wire.openapi(name));
  return schema;
}

/** Adds an operation to the OpenAPI document of `api`. */
export function documentOperation<E extends Env>(
  api: OpenAPIHono<E>,
  { credentials, refusals }: Pick<Audience<E, unknown>, "credentials" | "refusals">,
  verb: Verb,
  path: string,
  operation: Documented,
): void {
  const { tag, operationId, summary, description, body, query, takesVersion } = operation;
  api.openAPIRegistry.registerPath({
    method: verb,
    path,
    tags: [tag],
    security: credentials.map((scheme) => ({ [scheme]: [] })),
    operationId,
    summary,
    ...(description === undefined ? {} : { description }),
    request: {
      params: path.includes("{id}") ? z.object({ id: z.string() }) : undefined,
      query: query && wireSchema(query),
      headers: takesVersion ? z.object({ "if-match": z.string().optional() }) : undefined,
      body: body && { required: true, content: { "application/json": { schema: wireSchema(body) } } },
    },
    responses: {
      ...success(operation),
      ...problems([...refusals, ...refusalsOf(path, operation), ...ANY_OPERATION]),
    },
  });
}

function success({ answer: { status = 200, description, schema }, sendsVersion }: Documented) {
  const content = schema && { content: { "application/json": { schema: wireSchema(schema) } } };
  return { [status]: { description, ...content, ...(sendsVersion && schema ? { headers: ETAG } : {}) } };
}

/** Derives statuses from the operation's shape: an unknown id, an outdated version, an invalid or too large input. */
function refusalsOf(path: string, { body, query, takesVersion, refusals = [] }: Documented): ProblemStatus[] {
  return [
    ...(path.includes("{id}") ? [404] as const : []),
    ...(takesVersion ? [412] as const : []),
    ...(body ? [413] as const : []),
    ...(body || query ? [422] as const : []),
    ...refusals,
  ];
}
