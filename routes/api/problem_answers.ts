import { z } from "@hono/zod-openapi";

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

export type ProblemStatus = keyof typeof DESCRIPTIONS;

/** The documented answers for errors. */
export function problems(statuses: ProblemStatus[]) {
  const content = { "application/problem+json": { schema: Problem } };
  return Object.fromEntries(
    statuses.map((status) => [status, { description: DESCRIPTIONS[status], content }]),
  );
}
