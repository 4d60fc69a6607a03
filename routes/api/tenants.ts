import { createRoute, z } from "@hono/zod-openapi";
import {
  cancelDeletion,
  scheduleDeletion,
  tenantChanges,
  updateTenant,
} from "../../src/tenancy/lifecycle.ts";
import type { Tenant } from "../../src/tenancy/tenant.ts";
import { createOwnTenant, ownTenant } from "../../src/tenancy/own_tenants.ts";
import { getWorkspace, pageWorkspaces, WORKSPACE_LIST } from "../../src/tenancy/workspaces.ts";
import { callerContextOf } from "../http.ts";
import { requireAccountToken } from "../middleware/api_auth.ts";
import { fromWire, wireSchema } from "../wire.ts";
import { apiRoutes, BEARER, json, jsonBody, problems } from "./schemas.ts";

const TenantJson = z.object({
  id: z.uuid(),
  name: z.string(),
  subdomain: z.string(),
  plan: z.enum(["starter", "team", "premium", "enterprise"]),
  status: z.enum(["active", "suspended"]),
  deletion_scheduled_for: z.iso.datetime().nullable(),
  brand_color: z.string().nullable().openapi({ description: "Of the mails in its name: #rrggbb" }),
  logo_url: z.string().nullable(),
  created_at: z.iso.datetime(),
}).openapi("Tenant");

const TenantList = z.object({ data: z.array(TenantJson), next_cursor: z.string().nullable() }).openapi(
  "TenantList",
);
const params = z.object({ id: z.string() });

const common = { tags: ["Tenants"], security: BEARER };

const list = createRoute({
  ...common,
  method: "get",
  path: "/tenants",
  summary: "List the tenants that the caller is a member of",
  operationId: "listTenants",
  description: "With a tenant token, this is that one tenant.",
  request: { query: wireSchema(WORKSPACE_LIST.query) },
  responses: { 200: json("One page of them, by name", TenantList), ...problems(401, 403, 422) },
});

const create = createRoute({
  ...common,
  method: "post",
  path: "/tenants",
  summary: "Create a tenant that the caller owns",
  operationId: "createTenant",
  description: "`plan` is a wish: a new tenant starts on `starter`. Takes an account token.",
  middleware: requireAccountToken,
  request: { body: jsonBody(ownTenant) },
  responses: { 201: json("The new tenant", TenantJson), ...problems(401, 403, 422) },
});

const read = createRoute({
  ...common,
  method: "get",
  path: "/tenants/{id}",
  summary: "Get a tenant that the caller is a member of",
  operationId: "getTenant",
  request: { params },
  responses: { 200: json("The tenant", TenantJson), ...problems(401, 403, 404) },
});

const update = createRoute({
  ...common,
  method: "patch",
  path: "/tenants/{id}",
  summary: "Rename a tenant, move it to another subdomain, or give its mail another look",
  description:
    "The old subdomain redirects to the new one for 90 days. Needs the permission settings:manage there.",
  operationId: "updateTenant",
  request: { params, body: jsonBody(tenantChanges) },
  responses: { 200: json("The changed tenant", TenantJson), ...problems(401, 403, 404, 422) },
});

const remove = createRoute({
  ...common,
  method: "delete",
  path: "/tenants/{id}",
  summary: "Schedule a tenant's deletion",
  description:
    "It is deleted after 30 days; until then it works, and an owner can take this back. Owners only.",
  operationId: "deleteTenant",
  request: { params },
  responses: {
    202: json("The tenant, with the day of its deletion", TenantJson),
    ...problems(401, 403, 404, 409),
  },
});

const keep = createRoute({
  ...common,
  method: "delete",
  path: "/tenants/{id}/deletion",
  summary: "Take a scheduled deletion back",
  operationId: "cancelTenantDeletion",
  request: { params },
  responses: { 200: json("The tenant", TenantJson), ...problems(401, 403, 404, 409) },
});

export const tenantsApi = apiRoutes();

tenantsApi.openapi(list, async (c) => {
  const { items, nextCursor } = await pageWorkspaces(
    callerContextOf(c),
    c.get("caller").actor,
    fromWire(WORKSPACE_LIST.query, c.req.valid("query")),
  );
  return c.json({ data: items.map(({ tenant }) => tenantJson(tenant)), next_cursor: nextCursor }, 200);
});

tenantsApi.openapi(create, async (c) => {
  const tenant = await createOwnTenant(callerContextOf(c), c.get("caller").actor, c.req.valid("json"));
  c.header("Location", `/api/v1/tenants/${tenant.id}`);
  return c.json(tenantJson(tenant), 201);
});

tenantsApi.openapi(read, async (c) => {
  const { tenant } = await getWorkspace(callerContextOf(c), c.get("caller").actor, c.req.valid("param").id);
  return c.json(tenantJson(tenant), 200);
});

tenantsApi.openapi(update, async (c) => {
  return c.json(
    tenantJson(await updateTenant(callerContextOf(c), c.req.valid("param").id, c.req.valid("json"))),
    200,
  );
});

tenantsApi.openapi(remove, async (c) => {
  return c.json(tenantJson(await scheduleDeletion(callerContextOf(c), c.req.valid("param").id)), 202);
});

tenantsApi.openapi(keep, async (c) => {
  return c.json(tenantJson(await cancelDeletion(callerContextOf(c), c.req.valid("param").id)), 200);
});

function tenantJson(tenant: Tenant): z.infer<typeof TenantJson> {
  const { id, name, subdomain, plan, status, deletionDueAt, brand, createdAt } = tenant;
  return {
    id,
    name,
    subdomain,
    plan,
    status: status === "suspended" ? "suspended" : "active",
    deletion_scheduled_for: deletionDueAt?.toISOString() ?? null,
    brand_color: brand.color,
    logo_url: brand.logoUrl,
    created_at: createdAt.toISOString(),
  };
}
