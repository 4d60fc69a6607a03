import { OpenAPIHono } from "@hono/zod-openapi";
import { notFound } from "../../src/errors.ts";
import type { HttpEnv } from "../http.ts";
import { authenticateCaller } from "./authentication.ts";

/** Every resource of the API, one line each. A resource says itself who may call it. */
const RESOURCES = await Promise.all([
  import("./auth.ts"),
  import("./tenant_tokens.ts"),
  import("./me.ts"),
  import("./tenants.ts"),
  import("./dashboard.ts"),
  import("./projects.ts"),
  import("./members.ts"),
]);

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
for (const { default: resource } of RESOURCES) resource.addTo(api);
api.all("*", authenticateCaller, () => {
  throw notFound("This API route");
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
