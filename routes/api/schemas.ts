import { OpenAPIHono, z } from "@hono/zod-openapi";
import { invalid } from "../../src/errors.ts";
import { fieldErrors } from "../../src/platform/input.ts";
import type { ApiEnv } from "../http.ts";

/** A part of the API. What doesn't fit a route's schemas is answered 422 before the route sees it. */
export function apiRoutes() {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalid(fieldErrors(result.error));
    },
  });
}

const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  request_id: z.uuid(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  limit: z.int().optional(),
  used: z.int().optional(),
}).openapi("Problem");

const DESCRIPTIONS = {
  400: "The account token's person is a member of several tenants, and the request names none",
  401: "No credentials, or they are not valid any more",
  403:
    "The credentials don't open this tenant, their scope or role does not allow this, or the tenant is suspended",
  404: "There is no such thing in this tenant",
  409: "This contradicts how things are; `detail` says how",
  412: "Changed since the version that If-Match names",
  413: "The body is larger than 1 MB",
  422: "Some fields need another value; `errors` says which",
  500: "A fault of ours; `request_id` finds it in the log",
  503:
    "The database does not answer or is busy, or the tenant is being updated; try again after `Retry-After` seconds",
};

/** The documented answers for errors. */
export function problems<Status extends keyof typeof DESCRIPTIONS>(...statuses: Status[]) {
  const content = { "application/problem+json": { schema: Problem } };
  return Object.fromEntries(
    statuses.map((status) => [status, { description: DESCRIPTIONS[status], content }]),
  ) as Record<
    Status,
    { description: string; content: typeof content }
  >;
}

/** A JSON answer. */
export function json<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { "application/json": { schema } } };
}

/** A JSON body that must be there. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { "application/json": { schema } } };
}

export const BEARER = [{ bearer: [] }];
