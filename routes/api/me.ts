import { z } from "@hono/zod-openapi";
import { listJoinable } from "../../src/access/join_domains.ts";
import { changeEmailPreferences, getEmailPreferences } from "../../src/email/preferences.ts";
import { profileChanges, updateProfile } from "../../src/identity/account.ts";
import { USER_UPDATED } from "../../src/identity/events.ts";
import { listSignIns, revokeSignIn, SIGN_IN_LIST } from "../../src/identity/sign_ins.ts";
import { EMAIL_CATEGORIES } from "../email_choices.ts";
import { shortList } from "../../src/platform/short_list.ts";
import type { Tenant } from "../../src/tenancy/tenant.ts";
import { model } from "../operation_document.ts";
import { personResource } from "./audiences.ts";
import { requireAccountToken } from "./authentication.ts";
import { callerModel, describePerson } from "./caller.ts";

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
const JOINABLE_LIST = shortList<Tenant>("joinable tenants", ({ name, id }) => ({ key: name, id }));

const emailPreferences = z.object(
  Object.fromEntries(
    EMAIL_CATEGORIES.map(({ name, hint }) => [name, z.boolean().openapi({ description: hint.english })]),
  ),
);
const preferencesExample = Object.fromEntries(EMAIL_CATEGORIES.map(({ name }) => [name, true]));
const preferences = model("EmailPreferences", emailPreferences.shape, preferencesExample);

/** The person who calls. */
const me = personResource("Authentication");
export default me;

me.operation("patch", "/me", {
  operationId: "updateMe",
  summary: "Change the caller's name and preferences, which apply to all tenants",
  guards: [requireAccountToken],
  events: [USER_UPDATED],
  body: profileChanges,
  example: { name: "Ada Marino", theme: "dark" },
  answer: { description: "The changed caller", schema: callerModel },
  run: async (ctx, { body, c }) => describePerson(c, await updateProfile(ctx, ctx.actor.id, body)),
});

me.list("/me/joinable-tenants", {
  operationId: "listJoinableTenants",
  summary: "List the tenants that the caller can join by the domain of their confirmed email",
  guards: [requireAccountToken],
  description: "By name. There are at most 20.",
  list: JOINABLE_LIST,
  name: "JoinableTenantList",
  item: joinableTenant,
  answer: "A page of tenants",
  run: async (ctx, query) => JOINABLE_LIST.page(await listJoinable(ctx, ctx.actor.id), query),
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
