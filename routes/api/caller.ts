import { z } from "@hono/zod-openapi";
import type { Person } from "../../src/access/actor.ts";
import { permissionKeys } from "../../src/access/granting.ts";
import { idOfRole } from "../../src/access/permissions.ts";
import type { CallContext } from "../../src/context.ts";
import { TOKEN_SCOPES } from "../../src/identity/access_tokens.ts";
import { findUnnamed, type OpenedTenant } from "../../src/identity/bearers.ts";
import { type Appearance, AVATAR_COLORS, THEMES } from "../../src/identity/users.ts";
import { LOCALES } from "../../src/platform/locales.ts";
import { model } from "../operation_document.ts";
import { callerResource } from "./audiences.ts";
import { bearerOf } from "./credentials.ts";
import type { CallerContext } from "./env.ts";

/** The caller as `GET /me` shows it. */
export const callerModel = model("Me", {
  actor: z.object({
    type: z.enum(["user", "api_key"]),
    id: z.uuid().openapi({ description: "The ID of the person or of the API key" }),
    name: z.string(),
    email: z.string().nullable().openapi({ description: "Null for an API key" }),
    theme: z.enum(THEMES).nullable().openapi({ description: "Null for an API key" }),
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
  role: z.string().nullable().openapi({
    description: "The ID of a role: see `GET /roles`. Null for an API key, which has its own permissions",
  }),
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

type Described = Person & Appearance;

/** The caller: a person, or a program with an API key. */
const caller = callerResource("Authentication");
export default caller;

caller.operation("get", "/me", {
  operationId: "getMe",
  summary: "Get the caller and their permissions",
  withoutEtag: true,
  answer: { description: "The caller", schema: callerModel },
  run: async ({ actor }, { c }) => {
    if (actor.type === "key") {
      return await describe(c, { type: "api_key" as const, ...NO_PROFILE, ...actor.key });
    }
    return await describePerson(c, { ...actor, ...bearerOf(c).appearance });
  },
});

/** What people have and API keys don't. */
const NO_PROFILE = { email: null, theme: null, locale: null, avatarColor: null };

/** The answer of `GET /me` to a person. */
export async function describePerson(
  c: CallerContext,
  { id, name, email, theme, locale, avatarColor }: Described,
) {
  return await describe(c, { type: "user" as const, id, name, email, theme, locale, avatarColor });
}

async function describe<Who>(c: CallerContext, actor: Who) {
  const opened = await findTenant(c);
  return {
    actor,
    scope: c.get("caller").scope,
    tenant: opened && opened.tenant,
    role: opened?.actor.type === "member" ? idOfRole(opened.actor.role) : null,
    permissions: opened ? permissionKeys(c.get("services").permissions, opened.actor.permissions) : [],
  };
}

async function findTenant(c: CallerContext): Promise<OpenedTenant | CallContext | null> {
  const opened = c.get("member") ?? await findUnnamed(c.get("services"), c.get("caller"));
  return typeof opened === "string" ? null : opened;
}
