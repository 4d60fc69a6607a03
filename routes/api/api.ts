import { notFound } from "../../src/errors.ts";
import { authenticateApi, requireTenant } from "../middleware/api_auth.ts";
import { authApi, tokenApi } from "./auth.ts";
import { dashboardApi } from "./dashboard.ts";
import { meApi } from "./me.ts";
import { projectsApi } from "./projects.ts";
import { apiRoutes, problems } from "./schemas.ts";
import { tenantsApi } from "./tenants.ts";

/** About the person who calls. A route here says with `requireAccountToken` that a tenant token can't use it. */
const OF_A_PERSON = [meApi, tokenApi, tenantsApi];

/** About one tenant, which is open by the time a route runs. A new resource belongs here. */
const OF_A_TENANT = [dashboardApi, projectsApi];

/** The REST API, version 1: what signs in, then what concerns a person, then what concerns a tenant. */
export const api = apiRoutes();

api.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
  type: "http",
  scheme: "bearer",
  bearerFormat: "JWT",
  description:
    "An account token opens every tenant that its person is a member of, named by the header X-Tenant or by " +
    "the tenant's host. A tenant token opens one tenant.",
});
api.route("/", authApi);
api.use("*", authenticateApi);
for (const resource of OF_A_PERSON) api.route("/", resource);
api.use("*", requireTenant);
for (const resource of OF_A_TENANT) {
  for (const definition of resource.openAPIRegistry.definitions) {
    if (definition.type === "route") Object.assign(definition.route.responses, problems(400));
  }
  api.route("/", resource);
}
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
