import { z } from "@hono/zod-openapi";
import type { KeyActor, MemberActor, UserActor } from "../../src/access/actor.ts";
import { MEMBER_JOINED } from "../../src/access/events.ts";
import { joinByDomain } from "../../src/access/join_domains.ts";
import { notFound } from "../../src/errors.ts";
import {
  TENANT_API_CHANGED,
  TENANT_CREATED,
  TENANT_DELETION_CANCELED,
  TENANT_DELETION_SCHEDULED,
  TENANT_MOVED,
  TENANT_REBRANDED,
  TENANT_RENAMED,
  TENANT_SECURITY_CHANGED,
  TENANT_TIME_ZONE_CHANGED,
} from "../../src/tenancy/events.ts";
import {
  cancelDeletion,
  changeSignInRules,
  scheduleDeletion,
  signInRules,
  tenantChanges,
  updateTenant,
} from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { createOwnTenant, ownTenant } from "../../src/tenancy/own_tenants.ts";
import { SETTINGS_MANAGE, TENANT_DELETE } from "../../src/tenancy/permissions.ts";
import { chosenZone } from "../../src/tenancy/time_zones.ts";
import { type Tenant, WORKSPACE_NOT_FOUND } from "../../src/tenancy/tenant.ts";
import {
  getWorkspace,
  pageWorkspaces,
  WORKSPACE_LIST,
  type WorkspaceMember,
} from "../../src/tenancy/workspaces.ts";
import { model } from "../operation_document.ts";
import { callerResource } from "./audiences.ts";
import { requireAccessToken, requireAccountToken } from "./authentication.ts";

const tenant = model("Tenant", {
  id: z.uuid(),
  name: z.string(),
  subdomain: z.string(),
  plan: z.enum(["starter", "team", "premium", "enterprise"]),
  status: z.enum(["active", "suspended"]),
  deletionScheduledFor: z.iso.datetime().nullable(),
  brandColor: z.string().nullable().openapi({
    description: "The color of the tenant's mark and emails: #rrggbb. Null means the product's color.",
  }),
  apiOrigins: z.array(z.string()).openapi({
    description: "The websites whose scripts may call the API on the tenant's host, as origins.",
  }),
  timeZone: z.string().openapi({
    description:
      "The time zone of the tenant's days, by its name in the IANA database. A change holds from the next midnight.",
  }),
  secondFactorFrom: z.iso.datetime().nullable().openapi({
    description: "From when on members need a second factor. Null: they don't.",
  }),
  createdAt: z.iso.datetime(),
}, {
  id: "0198c0de-0a1b-7c2d-8e3f-4a5b6c7d8e9f",
  name: "Acme Robotics",
  subdomain: "acme",
  plan: "team",
  status: "active",
  deletionScheduledFor: null,
  brandColor: "#0b6b58",
  apiOrigins: ["https://app.acme.example"],
  timeZone: "Europe/Berlin",
  secondFactorFrom: null,
  createdAt: "2026-01-12T08:30:00.000Z",
});

const tenants = callerResource("Tenants", "The tenants of the caller.");
export default tenants;

tenants.list("/tenants", {
  operationId: "listTenants",
  summary: "List the tenants that the caller is a member of",
  description: "A tenant token and an API key list their own tenant only.",
  list: WORKSPACE_LIST,
  name: "TenantList",
  item: tenant,
  answer: "A page of tenants",
  run: async (ctx, query) => {
    const { items, nextCursor } = await pageWorkspaces(ctx, memberOf(ctx.actor), query);
    return { items: items.map(({ tenant }) => shown(tenant)), nextCursor };
  },
});

tenants.operation("post", "/tenants", {
  operationId: "createTenant",
  summary: "Create a tenant that the caller owns",
  description: "A new tenant starts on `starter`; `plan` records the requested plan. Needs an account token.",
  guards: [requireAccountToken],
  events: [TENANT_CREATED],
  body: ownTenant,
  example: { name: "Acme Labs", subdomain: "acme-labs" },
  answer: { status: 201, description: "The new tenant", schema: tenant },
  run: (ctx, { body }) => createOwnTenant(ctx, ctx.actor, body),
  present: shown,
});

tenants.operation("get", "/tenants/{id}", {
  operationId: "getTenant",
  summary: "Get a tenant that the caller is a member of",
  answer: { description: "The tenant", schema: tenant },
  checksMatch: true,
  run: async (ctx, { id }) => (await getWorkspace(ctx, memberOf(ctx.actor), id)).tenant,
  present: shown,
});

tenants.operation("patch", "/tenants/{id}", {
  operationId: "updateTenant",
  summary: "Change a tenant's name, subdomain, color, time zone, or the websites that may call its API",
  description:
    "The old subdomain redirects to the new one for 90 days. Needs the permission `settings:manage` in the tenant.",
  permission: SETTINGS_MANAGE,
  events: [TENANT_RENAMED, TENANT_MOVED, TENANT_REBRANDED, TENANT_API_CHANGED, TENANT_TIME_ZONE_CHANGED],
  body: tenantChanges,
  example: { name: "Acme Robotics" },
  answer: { description: "The changed tenant", schema: tenant },
  checksMatch: true,
  run: async (ctx, { id, body, requireMatch }) => {
    return await updateTenant(await openTenant(ctx, id), body, requireMatch);
  },
  present: shown,
});

tenants.operation("patch", "/tenants/{id}/sign-in-rules", {
  operationId: "changeSignInRules",
  summary: "Require a second factor of all members",
  description:
    "`second_factor_grace_days` is the number of days that members have to set one up. Null ends the requirement. Needs " +
    "the permission `settings:manage` in the tenant and a recent proof of who you are.",
  guards: [requireAccessToken],
  permission: SETTINGS_MANAGE,
  events: [TENANT_SECURITY_CHANGED],
  body: signInRules,
  example: { secondFactorGraceDays: 14 },
  answer: { description: "The changed tenant", schema: tenant },
  run: async (ctx, { id, body }) => await changeSignInRules(await openTenant(ctx, id), body),
  present: shown,
});

tenants.operation("delete", "/tenants/{id}", {
  operationId: "deleteTenant",
  summary: "Schedule a tenant's deletion",
  description:
    "The tenant is deleted after 30 days. Until then it works, and an owner can cancel the deletion. Owners only.",
  permission: TENANT_DELETE,
  events: [TENANT_DELETION_SCHEDULED],
  answer: { status: 202, description: "The tenant, with its deletion date", schema: tenant },
  refusals: [409],
  checksMatch: true,
  run: async (ctx, { id, requireMatch }) => await scheduleDeletion(await openTenant(ctx, id), requireMatch),
  present: shown,
});

tenants.operation("delete", "/tenants/{id}/deletion", {
  operationId: "cancelTenantDeletion",
  summary: "Cancel a scheduled deletion",
  permission: TENANT_DELETE,
  events: [TENANT_DELETION_CANCELED],
  answer: { description: "The tenant", schema: tenant },
  refusals: [409],
  run: async (ctx, { id }) => await cancelDeletion(await openTenant(ctx, id)),
  present: shown,
});

tenants.operation("post", "/tenants/{id}/membership", {
  operationId: "joinTenant",
  summary: "Join a tenant by the domain of the caller's confirmed email",
  description: "Needs an account token. 404 for a tenant that isn't open to the caller's domain.",
  guards: [requireAccessToken],
  events: [MEMBER_JOINED],
  answer: { status: 204, description: "The caller is a member" },
  run: async (ctx, { id }) => {
    if (ctx.actor.type !== "user") throw notFound(WORKSPACE_NOT_FOUND);
    await joinByDomain(ctx, ctx.actor.id, id);
  },
});

/** Whose workspaces the caller sees: a person's, or the one of the member who created a key. */
function memberOf(actor: UserActor | MemberActor | KeyActor): WorkspaceMember {
  return actor.type === "key" ? { id: actor.creator.id, tenantId: actor.tenantId } : actor;
}

function shown({ status, deletionDueAt, brand, timeZones, ...tenant }: Tenant) {
  return {
    ...tenant,
    status: status === "suspended" ? "suspended" as const : "active" as const,
    deletionScheduledFor: deletionDueAt,
    brandColor: brand.color,
    timeZone: chosenZone(timeZones),
  };
}
