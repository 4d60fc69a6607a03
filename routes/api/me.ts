import { z } from "@hono/zod-openapi";
import type { Person } from "../../src/access/actor.ts";
import { permissionKeys } from "../../src/access/granting.ts";
import type { MemberContext } from "../../src/context.ts";
import { listJoinable } from "../../src/access/join_domains.ts";
import { idOfRole } from "../../src/access/permissions.ts";
import { changeEmailPreferences, getEmailPreferences } from "../../src/email/preferences.ts";
import { TOKEN_SCOPES } from "../../src/identity/access_tokens.ts";
import { profileChanges, updateProfile } from "../../src/identity/account.ts";
import { USER_UPDATED } from "../../src/identity/events.ts";
import { findUnnamed, type OpenedTenant } from "../../src/identity/bearers.ts";
import { listSignIns, revokeSignIn, SIGN_IN_LIST } from "../../src/identity/sign_ins.ts";
import { type Appearance, AVATAR_COLORS, THEMES } from "../../src/identity/users.ts";
import { LOCALES } from "../../src/platform/locales.ts";
import { EMAIL_CATEGORIES } from "../email_choices.ts";
import { model, pageModel } from "../operation_document.ts";
import { personResource } from "./audiences.ts";
import { requireAccountToken } from "./authentication.ts";
import type { CallerContext } from "./env.ts";

const caller = model("Me", {
  actor: z.object({
    type: z.literal("user"),
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    theme: z.enum(THEMES),
    locale: z.enum(LOCALES).nullable().openapi({ description: "Null follows the browser" }),
    avatarColor: z.enum(AVATAR_COLORS).nullable().openapi({ description: "Null follows the name" }),
  }),
  scope: z.enum(TOKEN_SCOPES).openapi({
    description: "Whether the token works for one tenant or for the whole account",
  }),
  tenant: z.object({
    id: z.uuid(),
    name: z.string(),
    subdomain: z.string(),
    plan: z.string(),
    status: z.string(),
  }).nullable().openapi({
    description:
      "The token's tenant, the tenant that the request names, or the caller's only tenant; otherwise null",
  }),
  role: z.string().nullable().openapi({ description: "The ID of a role: see `GET /roles`" }),
  permissions: z.array(z.string()),
}, {
  actor: {
    type: "user",
    id: "0198c0de-11aa-7c2e-8f4d-7b6a5c4d3e21",
    name: "Ada Marino",
    email: "ada@acme.example",
    theme: "system",
    locale: null,
    avatarColor: null,
  },
  scope: "tenant",
  tenant: {
    id: "0198c0de-0a1b-7c2d-8e3f-4a5b6c7d8e9f",
    name: "Acme Robotics",
    subdomain: "acme",
    plan: "team",
    status: "active",
  },
  role: "member",
  permissions: ["members:read", "projects:read", "projects:write"],
});

const session = model("Session", {
  id: z.uuid(),
  browser: z.string().nullable().openapi({ description: "Such as Firefox; null if unknown" }),
  system: z.string().nullable().openapi({ description: "Such as macOS; null if unknown" }),
  ipAddress: z.string(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
}, {
  id: "0198c0de-4d5e-7c6f-9071-8b9c0d1e2f30",
  browser: "Firefox",
  system: "macOS",
  ipAddress: "192.0.2.17",
  createdAt: "2026-02-27T07:45:00.000Z",
  lastSeenAt: "2026-03-02T08:55:00.000Z",
});

const joinableTenant = model("JoinableTenant", { id: z.uuid(), name: z.string(), subdomain: z.string() }, {
  id: "0198c0de-0a1b-7c2d-8e3f-4a5b6c7d8e9f",
  name: "Acme Robotics",
  subdomain: "acme",
});
const joinableTenants = pageModel("JoinableTenantList", joinableTenant);

const emailPreferences = z.object(
  Object.fromEntries(
    EMAIL_CATEGORIES.map(({ name, hint }) => [name, z.boolean().openapi({ description: hint.english })]),
  ),
);
const preferencesExample = Object.fromEntries(EMAIL_CATEGORIES.map(({ name }) => [name, true]));
const preferences = model("EmailPreferences", emailPreferences.shape, preferencesExample);

/** The caller. */
const me = personResource("Authentication");
export default me;

me.operation("get", "/me", {
  operationId: "getMe",
  summary: "Get the caller and their permissions",
  withoutEtag: true,
  answer: { description: "The caller", schema: caller },
  run: (_ctx, { c }) => describe(c, { ...c.get("caller").actor, ...c.get("caller").appearance }),
});

me.operation("patch", "/me", {
  operationId: "updateMe",
  summary: "Change the caller's name and preferences, which apply to all tenants",
  guards: [requireAccountToken],
  events: [USER_UPDATED],
  body: profileChanges,
  example: { name: "Ada Marino", theme: "dark" },
  answer: { description: "The changed caller", schema: caller },
  run: async (ctx, { body, c }) => describe(c, await updateProfile(ctx, ctx.actor.id, body)),
});

me.operation("get", "/me/joinable-tenants", {
  operationId: "listJoinableTenants",
  summary: "List the tenants that the caller can join by the domain of their confirmed email",
  guards: [requireAccountToken],
  answer: { description: "At most 20 tenants, by name", schema: joinableTenants },
  run: async (ctx) => ({ data: await listJoinable(ctx, ctx.actor.id), nextCursor: null }),
});

me.list("/me/sessions", {
  operationId: "listSessions",
  summary: "List the browsers in which the caller is signed in",
  guards: [requireAccountToken],
  list: SIGN_IN_LIST,
  name: "SessionList",
  item: session,
  answer: "A page of browser sessions",
  run: (ctx, query) => listSignIns(ctx, ctx.actor.id, query),
});

me.operation("delete", "/me/sessions/{id}", {
  operationId: "revokeSession",
  summary: "Sign the caller out of one browser",
  guards: [requireAccountToken],
  answer: { status: 204, description: "Signed out" },
  run: (ctx, { id }) => revokeSignIn(ctx, ctx.actor.id, id),
});

me.operation("get", "/me/email-preferences", {
  operationId: "getEmailPreferences",
  summary: "Get the caller's email preferences, which apply to all tenants",
  guards: [requireAccountToken],
  withoutEtag: true,
  answer: { description: "The email preferences", schema: preferences },
  run: (ctx) => getEmailPreferences(ctx, ctx.actor.id, EMAIL_CATEGORIES),
});

me.operation("patch", "/me/email-preferences", {
  operationId: "updateEmailPreferences",
  summary: "Change the caller's email preferences",
  guards: [requireAccountToken],
  body: emailPreferences.partial(),
  example: preferencesExample,
  answer: { description: "The changed email preferences", schema: preferences },
  run: async (ctx, { body }) => {
    await changeEmailPreferences(ctx, ctx.actor.id, body);
    return await getEmailPreferences(ctx, ctx.actor.id, EMAIL_CATEGORIES);
  },
});

async function describe(c: CallerContext, { id, name, email, theme, locale, avatarColor }: Described) {
  const opened = await findTenant(c);
  return {
    actor: { type: "user" as const, id, name, email, theme, locale, avatarColor },
    scope: c.get("caller").scope,
    tenant: opened && opened.tenant,
    role: opened && idOfRole(opened.actor.role),
    permissions: opened ? permissionKeys(c.get("services").permissions, opened.actor.permissions) : [],
  };
}

type Described = Person & Appearance;

async function findTenant(c: CallerContext): Promise<OpenedTenant | MemberContext | null> {
  const opened = c.get("member") ?? await findUnnamed(c.get("services"), c.get("caller"));
  return typeof opened === "string" ? null : opened;
}
