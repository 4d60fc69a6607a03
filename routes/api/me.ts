import { createRoute, z } from "@hono/zod-openapi";
import { permissionsOf, ROLES } from "../../src/access/roles.ts";
import { apiRoutes, BEARER, json, problems } from "./schemas.ts";

const Me = z.object({
  actor: z.object({ type: z.literal("user"), id: z.uuid(), name: z.string(), email: z.string() }),
  tenant: z.object({
    id: z.uuid(),
    name: z.string(),
    subdomain: z.string(),
    plan: z.string(),
    status: z.string(),
  }),
  role: z.enum(ROLES),
  permissions: z.array(z.string()),
}).openapi("Me");

const me = createRoute({
  method: "get",
  path: "/me",
  tags: ["Authentication"],
  summary: "Who calls, and what they may do",
  operationId: "getMe",
  security: BEARER,
  responses: { 200: json("The actor", Me), ...problems(401, 403) },
});

export const meApi = apiRoutes();

meApi.openapi(me, (c) => {
  const { actor, tenant } = c.get("api");
  const { id, name, subdomain, plan, status } = tenant;
  return c.json({
    actor: { type: "user" as const, id: actor.id, name: actor.name, email: actor.email },
    tenant: { id, name, subdomain, plan, status },
    role: actor.role,
    permissions: permissionsOf(actor.role),
  }, 200);
});
