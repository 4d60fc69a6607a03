import { OpenAPIHono } from "@hono/zod-openapi";
import { notFound } from "../../src/errors.ts";
import { problem } from "../../src/platform/problem.ts";
import type { HttpEnv } from "../http.ts";
import { authenticateCaller } from "./authentication.ts";
import { recordCall } from "./call_recording.ts";
import { documentHeaders } from "./documented_headers.ts";
import { documentProblems } from "./problem_answers.ts";
import * as resources from "./resources.ts";
import { documentWebhooks } from "./webhook_document.ts";

const ROUTE_NOT_FOUND = problem("route_not_found", "This API route was not found.");

const DESCRIPTION =
  `JSON in, JSON out, with names in \`snake_case\`. Errors are \`application/problem+json\` (RFC 9457).

Times are RFC 3339 in UTC, and IDs are UUIDs. Lists have at most 100 items a page, and come as CSV if \`Accept\` prefers it.
Clients must ignore fields that they don't know: new ones may appear at any time.`;

/** The REST API, version 1. */
export const api = new OpenAPIHono<HttpEnv>();

api.use(recordCall);
for (const resource of Object.values(resources)) resource.addTo(api);
api.all("*", authenticateCaller, () => {
  throw notFound(ROUTE_NOT_FOUND);
});

let isDocumented = false;

/** The OpenAPI 3.1 document of the API, for the server at `origin`. */
export function openApiDocument(origin: string) {
  if (!isDocumented) document();
  isDocumented = true;
  return api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Denizen API", version: "1", description: DESCRIPTION, contact: { url: origin } },
    servers: [{ url: `${origin}/api/v1` }],
    tags: tags(),
  });
}

function document(): void {
  api.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "An account token opens every tenant that its person is a member of, named by the header X-Tenant or by " +
      "the tenant's host. A tenant token opens one tenant.",
  });
  api.openAPIRegistry.registerComponent("securitySchemes", "api_key", {
    type: "apiKey",
    in: "header",
    name: "X-API-Key",
    description:
      "An API key opens one tenant, with the permissions that it was created with. Create keys in the tenant's pages.",
  });
  documentHeaders(api);
  documentProblems(api);
  documentWebhooks(api);
  for (const resource of Object.values(resources)) resource.documentIn(api);
}

/** The groups of operations by name. Of the resources in a group, one describes it. */
function tags(): { name: string; description?: string }[] {
  const described = new Map<string, string | undefined>();
  for (const { tag, description } of Object.values(resources) as Tagged[]) {
    described.set(tag, description ?? described.get(tag));
  }
  return [...described].toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, description]) => ({ name, ...(description && { description }) }));
}

type Tagged = { readonly tag: string; readonly description: string | undefined };
