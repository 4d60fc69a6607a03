import { z } from "@hono/zod-openapi";
import type { KeyActor, MemberActor, UserActor } from "../../src/access/actor.ts";
import { joinByDomain } from "../../src/access/join_domains.ts";
import { notFound } from "../../src/errors.ts";
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
import { type Tenant, WORKSPACE_NOT_FOUND } from "../../src/tenancy/tenant.ts";
import {
  getWorkspace,
  pageWorkspaces,
  WORKSPACE_LIST,
  type WorkspaceMember,
} from "../../src/tenancy/workspaces.ts";
import { model } from "../operation_document.ts";
import { callerResource } from "./audiences.ts";
import { requireAccountToken } from "./authentication.ts";

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
  secondFactorFrom: z.iso.datetime().nullable().openapi({
    description: "From when on members need a second factor. Null: they don't.",
  }),
  createdAt: z.iso.datetime(),
});

const tenants = callerResource("Tenants");
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
  body: ownTenant,
  answer: { status: 201, description: "The new tenant", schema: tenant },
  run: async (ctx, { body }) => shown(await createOwnTenant(ctx, ctx.actor, body)),
});

tenants.operation("get", "/tenants/{id}", {
  operationId: "getTenant",
  summary: "Get a tenant that the caller is a member of",
  answer: { description: "The tenant", schema: tenant },
  run: async (ctx, { id }) => shown((await getWorkspace(ctx, memberOf(ctx.actor), id)).tenant),
});

tenants.operation("patch", "/tenants/{id}", {
  operationId: "updateTenant",
  summary: "Change a tenant's name, subdomain or color",
  description:
    "The old subdomain redirects to the new one for 90 days. Needs the permission `settings:manage` in the tenant.",
  body: tenantChanges,
  answer: { description: "The changed tenant", schema: tenant },
  run: async (ctx, { id, body }) => shown(await updateTenant(await openTenant(ctx, id), body)),
});

tenants.operation("patch", "/tenants/{id}/sign-in-rules", {
  operationId: "changeSignInRules",
  summary: "Require a second factor of all members",
  description:
    "`second_factor_grace_days` is the number of days that members have to set one up. Null ends the requirement. Needs " +
    "the permission `settings:manage` in the tenant and a recent proof of who you are.",
  body: signInRules,
  answer: { description: "The changed tenant", schema: tenant },
  run: async (ctx, { id, body }) => shown(await changeSignInRules(await openTenant(ctx, id), body)),
});

tenants.operation("delete", "/tenants/{id}", {
  operationId: "deleteTenant",
  summary: "Schedule a tenant's deletion",
  description:
    "The tenant is deleted after 30 days. Until then it works, and an owner can cancel the deletion. Owners only.",
  answer: { status: 202, description: "The tenant, with its deletion date", schema: tenant },
  refusals: [409],
  run: async (ctx, { id }) => shown(await scheduleDeletion(await openTenant(ctx, id))),
});

tenants.operation("delete", "/tenants/{id}/deletion", {
  operationId: "cancelTenantDeletion",
  summary: "Cancel a scheduled deletion",
  answer: { description: "The tenant", schema: tenant },
  refusals: [409],
  run: async (ctx, { id }) => shown(await cancelDeletion(await openTenant(ctx, id))),
});

tenants.operation("post", "/tenants/{id}/membership", {
  operationId: "joinTenant",
  summary: "Join a tenant by the domain of the caller's confirmed email",
  description: "Needs an account token. 404 for a tenant that isn't open to the caller's domain.",
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

function shown({ status, deletionDueAt, brand, ...tenant }: Tenant) {
  return {
    ...tenant,
    status: status === "suspended" ? "suspended" as const : "active" as const,
    deletionScheduledFor: deletionDueAt,
    brandColor: brand.color,
  };
}
