import { createRoute, z } from "@hono/zod-openapi";
import { permissionsOf, ROLES } from "../../src/access/roles.ts";
import {
  changeEmailPreferences,
  emailPreferenceChanges,
  emailPreferences,
  getEmailPreferences,
} from "../../src/email/preferences.ts";
import { callerContextOf } from "../http.ts";
import { apiRoutes, BEARER, json, jsonBody, problems } from "./schemas.ts";

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

const Preferences = z.object(emailPreferences.shape).openapi("EmailPreferences");

const readPreferences = createRoute({
  method: "get",
  path: "/me/email-preferences",
  tags: ["Authentication"],
  summary: "Which kinds of mail the caller gets, in all tenants",
  operationId: "getEmailPreferences",
  security: BEARER,
  responses: { 200: json("What is sent", Preferences), ...problems(401, 403) },
});

const changePreferences = createRoute({
  method: "patch",
  path: "/me/email-preferences",
  tags: ["Authentication"],
  summary: "Choose which kinds of mail the caller gets",
  operationId: "updateEmailPreferences",
  security: BEARER,
  request: { body: jsonBody(emailPreferenceChanges) },
  responses: { 200: json("What is sent now", Preferences), ...problems(401, 403, 422) },
});

export const meApi = apiRoutes();

meApi.openapi(readPreferences, async (c) => {
  return c.json(await getEmailPreferences(callerContextOf(c), c.get("api").actor.id), 200);
});

meApi.openapi(changePreferences, async (c) => {
  const { actor } = c.get("api");
  return c.json(await changeEmailPreferences(callerContextOf(c), actor.id, c.req.valid("json")), 200);
});

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
