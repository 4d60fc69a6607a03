import { createRoute, z } from "@hono/zod-openapi";
import {
  changeEmailPreferences,
  emailPreferenceChanges,
  emailPreferences,
  getEmailPreferences,
} from "../../src/email/preferences.ts";
import { TOKEN_SCOPES } from "../../src/identity/access_tokens.ts";
import { findUnnamed, type OpenedTenant } from "../../src/identity/bearers.ts";
import type { Tenant } from "../../src/tenancy/tenant.ts";
import { type ApiContext, callerContextOf } from "../http.ts";
import { requireAccountToken } from "../middleware/api_auth.ts";
import { apiRoutes, BEARER, json, jsonBody, problems } from "./schemas.ts";
import { permissionKeys } from "../../src/access/granting.ts";
import { ROLES } from "../../src/access/permissions.ts";

const Me = z.object({
  actor: z.object({ type: z.literal("user"), id: z.uuid(), name: z.string(), email: z.string() }),
  scope: z.enum(TOKEN_SCOPES).openapi({
    description: "What the token is for: one tenant, or the whole account",
  }),
  tenant: z.object({
    id: z.uuid(),
    name: z.string(),
    subdomain: z.string(),
    plan: z.string(),
    status: z.string(),
  }).nullable().openapi({
    description: "The token's tenant, the one that is named, or the only one; else null",
  }),
  role: z.enum(ROLES).nullable(),
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
  middleware: requireAccountToken,
  responses: { 200: json("What is sent", Preferences), ...problems(401, 403) },
});

const changePreferences = createRoute({
  method: "patch",
  path: "/me/email-preferences",
  tags: ["Authentication"],
  summary: "Choose which kinds of mail the caller gets",
  operationId: "updateEmailPreferences",
  security: BEARER,
  middleware: requireAccountToken,
  request: { body: jsonBody(emailPreferenceChanges) },
  responses: { 200: json("What is sent now", Preferences), ...problems(401, 403, 422) },
});

export const meApi = apiRoutes();

meApi.openapi(readPreferences, async (c) => {
  return c.json(await getEmailPreferences(callerContextOf(c), c.get("caller").actor.id), 200);
});

meApi.openapi(changePreferences, async (c) => {
  const { actor } = c.get("caller");
  return c.json(await changeEmailPreferences(callerContextOf(c), actor.id, c.req.valid("json")), 200);
});

meApi.openapi(me, async (c) => {
  const { scope, actor } = c.get("caller");
  const opened = await findTenantOf(c);
  return c.json({
    actor: { type: "user" as const, id: actor.id, name: actor.name, email: actor.email },
    scope,
    tenant: opened && tenantJson(opened.tenant),
    role: opened && opened.actor.role,
    permissions: opened ? permissionKeys(c.get("services").permissions, opened.actor.permissions) : [],
  }, 200);
});

async function findTenantOf(c: ApiContext): Promise<OpenedTenant | null> {
  const opened = c.get("api") ?? await findUnnamed(c.get("services"), c.get("caller"));
  return typeof opened === "string" ? null : opened;
}

function tenantJson({ id, name, subdomain, plan, status }: Tenant) {
  return { id, name, subdomain, plan, status };
}
