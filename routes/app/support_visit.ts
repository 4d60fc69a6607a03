import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import type { RouterRoute } from "hono/types";
import type { ActingActor } from "../../src/access/actor.ts";
import { tenantContext } from "../../src/context.ts";
import { forbidden } from "../../src/errors.ts";
import { problem } from "../../src/platform/problem.ts";
import { endOwnVisit } from "../../src/support/visits.ts";
import { endpointOf } from "../endpoint.ts";
import { type HttpEnv, redirect, type TenantEnv } from "../http.ts";
import { forgetSession } from "../middleware/session.ts";

const READ_ONLY = problem("support_visit_read_only", "You are viewing this workspace read-only.");
const OFF_LIMITS = problem("support_off_limits", "This is off limits while you act for a member.");

const END_PATH = "/support-visit/end";

/** The forms that need no grant for changes: they end the visit, or open another one. */
const ALWAYS_OPEN = new Set(["POST /logout", "POST /handoff", `POST ${END_PATH}`]);

/** A person's own pages, and the list of their other workspaces. */
const PERSONAL = /^\/(?:account|reauthenticate|switcher)(?:\/|$)/;

/**
 * Keeps staff who act for a member to what their visit allows: never the member's account, changes only with a grant for them, and
 * then only by `changeable` routes. A new route is off limits until its pages say otherwise.
 */
export function supportVisitGuard(changeable: readonly RouterRoute[]) {
  const open = new Set(changeable.map(({ method, path }) => `${method} ${path}`));
  return createMiddleware<HttpEnv>(async (c, next) => {
    const actor = c.get("session")?.actor;
    if (actor?.type === "acting") requireAllowed(c, actor, open);
    await next();
  });
}

/** Ends a visit, and goes back to the workspace in the back office, even if the visit was over before. */
export const visitPages = new Hono<TenantEnv>();

visitPages.post(END_PATH, async (c) => {
  const { services, session, tenant, requestId } = c.var;
  if (session?.actor.type === "member") return redirect(c, "/dashboard");
  if (session?.actor.type === "acting") {
    await endOwnVisit(tenantContext(services, tenant, session.actor, requestId));
    forgetSession(c);
  }
  return redirect(c, `${services.config.appUrl.origin}/admin/tenants/${tenant.id}`);
});

function requireAllowed(c: Context<HttpEnv>, { visit }: ActingActor, changeable: ReadonlySet<string>): void {
  const { method, path } = c.req;
  if (PERSONAL.test(path)) throw forbidden(OFF_LIMITS);
  if (method === "GET" || method === "HEAD") return;
  const route = `${method} ${endpointOf(c)}`;
  if (ALWAYS_OPEN.has(route)) return;
  if (visit.access === "read") throw forbidden(READ_ONLY);
  if (!changeable.has(route)) throw forbidden(OFF_LIMITS);
}
