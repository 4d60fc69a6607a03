import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { HttpEnv } from "../http.ts";
import { headersOfProblem, headersOfRedirect } from "./documented_headers.ts";

const Problem = z.object({
  type: z.string().openapi({
    format: "uri-reference",
    description: "`about:blank`, or the type of a problem that a program can react to",
  }),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string().openapi({ description: "What happened, in English" }),
  request_id: z.uuid().openapi({ description: "Identifies the request in the log" }),
  errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })).optional().openapi({
    description: "With 422: each invalid field. A `code` never changes; a `message` may.",
  }),
  limit: z.int().optional().openapi({ description: "With a reached limit of the plan: the limit" }),
  used: z.int().optional().openapi({ description: "With a reached limit of the plan: how much is used" }),
  "violated-policies": z.array(z.string()).optional().openapi({
    description: "With 429: the limit that is reached, as `RateLimit-Policy` names them",
  }),
}).openapi("Problem", {
  examples: [{
    type: "about:blank",
    title: "Not found",
    status: 404,
    detail: "This project was not found.",
    request_id: "01a209e1-a781-743d-83bd-d3bbd85961e1",
  }],
});

const DESCRIPTIONS = {
  400:
    "The request can't be understood: the account is a member of several tenants and the request names none, or a header is malformed",
  401: "The credentials are missing or no longer valid",
  403:
    "The credentials are for another tenant, their scope or role doesn't allow this, the plan doesn't include it, the person has to " +
    "confirm who they are (`type` is `/problems/reauthentication-required`), or the tenant is suspended",
  404: "The resource doesn't exist in this tenant, or no tenant has the request's host",
  409:
    "The change conflicts with the current state, which `detail` describes; or, with `Retry-After`, a request with the same " +
    "`Idempotency-Key` is still running",
  412: "The resource has changed since the version in `If-Match`",
  413: "The body is larger than 1 MB",
  415: "The body isn't `application/json`",
  422:
    "Some fields are invalid, which `errors` lists; or the `Idempotency-Key` was sent with another request",
  429: "Too many requests; try again after `Retry-After` seconds. `RateLimit` tells what is left",
  500: "An error on our side; `request_id` identifies it in the log",
  503: "The service is busy, or the tenant is being updated; try again after `Retry-After` seconds",
};

export type ProblemStatus = keyof typeof DESCRIPTIONS;

const FORMER_SUBDOMAIN = "FormerSubdomain";

/** The answer at a tenant's former subdomain. */
export const REDIRECT = { 307: { $ref: `#/components/responses/${FORMER_SUBDOMAIN}` } };

/** Adds the responses that operations share to the document. */
export function documentProblems({ openAPIRegistry }: OpenAPIHono<HttpEnv>): void {
  openAPIRegistry.register("Problem", Problem);
  openAPIRegistry.registerComponent("responses", FORMER_SUBDOMAIN, {
    description:
      "The tenant has moved from this subdomain: send the same request to `Location`. Many clients leave the credentials out when " +
      "they follow a redirect to another host",
    headers: headersOfRedirect(),
  });
  for (const [status, description] of Object.entries(DESCRIPTIONS)) {
    openAPIRegistry.registerComponent("responses", componentOf(status), {
      description,
      headers: headersOfProblem(Number(status)),
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    });
  }
}

/** References to error responses. */
export function problems(statuses: ProblemStatus[]) {
  const references = statuses.map((status) => ({ $ref: `#/components/responses/${componentOf(status)}` }));
  return Object.fromEntries(statuses.map((status, index) => [status, references[index]!]));
}

function componentOf(status: number | string): string {
  return `Problem${status}`;
}
