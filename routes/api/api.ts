import { OpenAPIHono } from "@hono/zod-openapi";
import { notFound } from "../../src/errors.ts";
import { problem } from "../../src/platform/problem.ts";
import type { HttpEnv } from "../http.ts";
import { authenticateCaller } from "./authentication.ts";
import { recordCall } from "./call_recording.ts";
import * as resources from "./resources.ts";

const ROUTE_NOT_FOUND = problem("route_not_found", "This API route was not found.");

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
api.use(recordCall);
for (const resource of Object.values(resources)) resource.addTo(api);
api.all("*", authenticateCaller, () => {
  throw notFound(ROUTE_NOT_FOUND);
});

/** The OpenAPI 3.1 document of the API, for the server at `origin`. */
export function openApiDocument(origin: string) {
  return api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Denizen API",
      version: "1",
      description: "JSON in, JSON out. Errors are problem+json (RFC 9457).",
    },
    servers: [{ url: `${origin}/api/v1` }],
  });
}
