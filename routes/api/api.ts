import { notFound } from "../../src/errors.ts";
import { authenticateApi } from "../middleware/api_auth.ts";
import { authApi } from "./auth.ts";
import { dashboardApi } from "./dashboard.ts";
import { meApi } from "./me.ts";
import { projectsApi } from "./projects.ts";
import { apiRoutes, problems } from "./schemas.ts";
import { tenantsApi } from "./tenants.ts";

const RESOURCES = [meApi, dashboardApi, projectsApi, tenantsApi];

/** The REST API, version 1: what signs in first, then what needs credentials. */
export const api = apiRoutes();

api.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
  type: "http",
  scheme: "bearer",
  bearerFormat: "JWT",
});
api.route("/", authApi);
api.use("*", authenticateApi);
for (const resource of RESOURCES) api.route("/", resource);
documentCommonAnswers();
api.all("*", () => {
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

/** What any call may be answered, whatever its route does, and any call with a body. */
function documentCommonAnswers(): void {
  for (const definition of api.openAPIRegistry.definitions) {
    if (definition.type !== "route") continue;
    const { request, responses } = definition.route;
    Object.assign(responses, problems(500, 503), request?.body && problems(413));
  }
}
