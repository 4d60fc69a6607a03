import type { Context } from "hono";
import { type MemberActor, type StaffActor, type UserActor, VISITOR } from "../src/access/actor.ts";
import {
  inBackground,
  type MemberContext,
  type SystemContext,
  systemContext,
  tenantContext,
} from "../src/context.ts";
import { forbidden, notFound, unauthenticated } from "../src/errors.ts";
import type { Services } from "../src/ports.ts";
import type { Tenant } from "../src/tenancy/tenant.ts";
import type { Bearer, Device, Session } from "../src/identity/credentials.ts";

/** What the middleware knows of a request by the time a route sees it. */
export type RequestVariables = {
  services: Services;
  /** The request as Deno gave it. `c.req.raw` is another once the body is read. */
  incoming: Request;
  requestId: string;
  nonce: string;
  device: Device;
  /** The tenant whose host was asked; null on the apex. */
  tenant: Tenant | null;
  /** Pages only: who is signed in on this host. */
  session: Session | null;
  /** API only: who calls, with a token of which scope. */
  caller: Bearer;
  /** API only: the tenant that the call is about. The routes of a person may have none. */
  api: MemberContext;
  /** Who the log says it was. */
  userId: string | undefined;
  tenantId: string | undefined;
};

export type AppEnv = { Variables: RequestVariables };
export type AppContext = Context<AppEnv>;

/** The context of a visitor or signed-in person outside any tenant. */
export function systemContextOf(c: AppContext): SystemContext {
  const actor = c.get("session")?.actor ?? VISITOR;
  return {
    ...systemContext(c.get("services"), actor, c.get("requestId")),
    // Deno makes the signal when it is first read, and few requests need it.
    get signal() {
      return c.get("incoming").signal;
    },
  };
}

/** The context of staff in the back office, whose searches delay no request of a tenant. */
export function backOfficeContextOf(c: AppContext): SystemContext {
  return systemContext(inBackground(c.get("services")), userOf(c), c.get("requestId"));
}

/** The context of who calls the API: with an account token as a person, with a tenant token as that tenant's member. */
export function callerContextOf(c: AppContext): SystemContext {
  return systemContext(c.get("services"), c.get("caller").actor, c.get("requestId"));
}

/** The context of the member who is signed in on a tenant's host. Throws `unauthenticated`. */
export function tenantContextOf(c: AppContext): MemberContext {
  const services = c.get("services");
  const requestId = c.get("requestId");
  return tenantContext(services, hostTenant(c), memberOf(c), requestId);
}

/** The tenant of the host. Throws `not_found` on the apex. */
export function hostTenant(c: AppContext): Tenant {
  const tenant = c.get("tenant");
  if (!tenant) throw notFound("This page");
  return tenant;
}

/** Who is signed in on the apex. Throws `unauthenticated`. */
export function userOf(c: AppContext): UserActor | StaffActor {
  const actor = c.get("session")?.actor;
  if (!actor) throw unauthenticated();
  if (actor.type === "member") throw forbidden();
  return actor;
}

function memberOf(c: AppContext): MemberActor {
  const actor = c.get("session")?.actor;
  if (actor?.type !== "member") throw unauthenticated();
  return actor;
}

/** What follows a tenant's subdomain in its address, such as `.localhost:8000`. */
export function hostSuffix(c: AppContext): string {
  return `.${c.get("services").config.appUrl.host}`;
}

/** Whether htmx asks for a part of the page. When it goes back in the history, it asks for the whole. */
export function isPartial(c: AppContext): boolean {
  return c.req.header("HX-Request") === "true" && c.req.header("HX-History-Restore-Request") !== "true";
}

/** Sends the browser on: by 303, or by htmx's own header where htmx asked. */
export function redirect(c: AppContext, location: string): Response {
  if (!isPartial(c)) return c.redirect(location, 303);
  c.header("HX-Redirect", location);
  return c.body(null, 204);
}

/** The fields of a form as text. A field that was sent twice counts once, with its last value. */
export async function readForm(c: AppContext): Promise<Record<string, string>> {
  const form = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(form).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
