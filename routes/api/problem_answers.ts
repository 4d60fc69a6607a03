import { z } from "@hono/zod-openapi";

const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  request_id: z.uuid(),
  errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })).optional(),
  limit: z.int().optional(),
  used: z.int().optional(),
  "violated-policies": z.array(z.string()).optional(),
}).openapi("Problem");

const DESCRIPTIONS = {
  400: "The account is a member of several tenants, and the request names none",
  401: "The credentials are missing or no longer valid",
  403:
    "The credentials are for another tenant, their scope or role doesn't allow this, the plan doesn't include it, the person has to " +
    "confirm who they are (`type` is `/problems/reauthentication-required`), or the tenant is suspended",
  404: "The resource doesn't exist in this tenant",
  409: "The change conflicts with the current state; `detail` describes the conflict",
  412: "The resource has changed since the version in If-Match",
  413: "The body is larger than 1 MB",
  422: "Some fields are invalid; `errors` lists them",
  429: "Too many requests; try again after `Retry-After` seconds. `RateLimit` tells what is left",
  500: "An error on our side; `request_id` identifies it in the log",
  503: "The service is busy, or the tenant is being updated; try again after `Retry-After` seconds",
};

export type ProblemStatus = keyof typeof DESCRIPTIONS;

/** The documented error responses. */
export function problems(statuses: ProblemStatus[]) {
  const content = { "application/problem+json": { schema: Problem } };
  return Object.fromEntries(
    statuses.map((status) => [status, { description: DESCRIPTIONS[status], content }]),
  );
}
