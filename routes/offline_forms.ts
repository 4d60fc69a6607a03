import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { conflict, unauthenticated } from "../src/errors.ts";
import { derivedToken } from "../src/platform/crypto.ts";
import { problem } from "../src/platform/problem.ts";
import { formKeyOf } from "./form_keys.ts";
import type { Fields, HttpEnv } from "./http.ts";

const FORM_TOO_OLD = problem(
  "offline_form_too_old",
  "This form is more than a day old. Check it, then send it again.",
);

/** views/static/offline_forms.ts sends it with a form that a browser has kept, and reads it in the response. */
const HEADER = "Offline-Form";
const SAVED = "saved";
const PURPOSE = "offline-form";

/** Stands for the member's sign-in on a page, and reveals nothing about it. Absent for visitors. */
export function offlineTagOf<Env extends HttpEnv>(c: Context<Env>): string | undefined {
  const session = c.get("session");
  if (!session || !c.get("tenant")) return undefined;
  const { appSecret } = c.get("services").config;
  return derivedToken(`${session.signInId} ${session.actor.id}`, appSecret, PURPOSE);
}

/** Rejects a kept form if the browser is in another sign-in than the one in which the form was filled in. */
export const checkOfflineForm = createMiddleware<HttpEnv>(async (c, next) => {
  const tag = c.req.header(HEADER);
  if (tag !== undefined && tag !== offlineTagOf(c)) throw unauthenticated();
  await next();
});

/** A kept form works once by its key. A key lasts for a day, so after that, a person has to look at the form. */
export function requireFreshOfflineForm<Env extends HttpEnv>(c: Context<Env>, fields: Fields): void {
  if (isOfflineForm(c) && !formKeyOf(c, fields)) throw conflict(FORM_TOO_OLD);
}

/** Tells the browser that it can delete the form. */
export function confirmOfflineForm<Env extends HttpEnv>(c: Context<Env>): void {
  if (isOfflineForm(c)) c.header(HEADER, SAVED);
}

function isOfflineForm<Env extends HttpEnv>(c: Context<Env>): boolean {
  return c.req.header(HEADER) !== undefined;
}
