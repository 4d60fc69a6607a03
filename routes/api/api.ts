import { OpenAPIHono } from "@hono/zod-openapi";
import { notFound } from "../../src/errors.ts";
import { problem } from "../../src/platform/problem.ts";
import type { HttpEnv } from "../http.ts";
import { authenticateCaller } from "./authentication.ts";
import { documentHeaders } from "./documented_headers.ts";
import { documentProblems } from "./problem_answers.ts";
import * as resources from "./resources.ts";

const ROUTE_NOT_FOUND = problem("route_not_found", "This API route was not found.");

const DESCRIPTION =
  `JSON in, JSON out, with names in \`snake_case\`. Errors are \`application/problem+json\` (RFC 9457).

Times are RFC 3339 in UTC, and IDs are UUIDs. Lists have at most 100 items a page, and come as CSV if \`Accept\` prefers it.
Clients must ignore fields that they don't know: new ones may appear at any time.`;

/** The groups of operations, as the reference shows them. */
const TAGS: Record<string, string> = {
  "Audit log": "What was done in the tenant: by whom, when, and from where.",
  Authentication: "Tokens, the caller, and their second factors.",
  Dashboard: "Figures about the tenant.",
  Members: "The people in a tenant, invitations, and the ownership.",
  Projects: "The tenant's projects.",
  Roles: "The built-in roles, and the tenant's own.",
  Tenants: "The tenants of the caller.",
};

/** The REST API, version 1. */
export const api = new OpenAPIHono<HttpEnv>();

api.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
  type: "http",
  scheme: "bearer",
  bearerFormat: "JWT",
  description:
    "An account token opens every tenant that its person is a member of, named by the header X-Tenant or by " +
    "the tenant's host. A tenant token opens one tenant.",
});
documentHeaders(api);
documentProblems(api);
for (const resource of Object.values(resources)) resource.addTo(api);
api.all("*", authenticateCaller, () => {
  throw notFound(ROUTE_NOT_FOUND);
});

/** The OpenAPI 3.1 document of the API, for the server at `origin`. */
export function openApiDocument(origin: string) {
  return api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Denizen API", version: "1", description: DESCRIPTION, contact: { url: origin } },
    servers: [{ url: `${origin}/api/v1` }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
}
