import type { Context } from "hono";
import { type StaffActor, type UserActor, VISITOR } from "../src/access/actor.ts";
import { type MemberContext, type SystemContext, systemContext } from "../src/context.ts";
import type { Device, Session } from "../src/identity/credentials.ts";
import type { Services } from "../src/ports.ts";
import type { Tenant } from "../src/tenancy/tenant.ts";
import type { AssetName } from "../views/page.tsx";
import type { Layout } from "../views/layouts/layout.ts";
import type { Mount } from "./mount.ts";

/** What every request has, on any host. */
export type RequestVariables = {
  services: Services;
  /** The request as Deno gave it. `c.req.raw` is another once the body is read. */
  incoming: Request;
  requestId: string;
  nonce: string;
  asset: (name: AssetName) => string;
  device: Device;
  /** The rules of the part of the product that the request is for, once it has come there. */
  mount: Mount | null;
  /** What stands around a page. Guards replace it, as they learn who is there. */
  layout: Layout;
  /** The tenant whose host was asked; null on the apex. */
  tenant: Tenant | null;
  /** The tenant that the request is about: the host's, or the one that a call of the API names. */
  target: Tenant | null;
  /** Who is signed in on this host, where a guard has asked. */
  session: Session | null;
  /** Who acts, for the log. */
  userId: string | undefined;
};

export type HttpEnv = { Variables: RequestVariables };

/** A page of a tenant's host. */
export type TenantEnv = { Variables: RequestVariables & { tenant: Tenant } };

/** A page that takes someone who is signed in on the apex. */
export type PersonEnv = { Variables: RequestVariables & { session: PersonSession } };

/** A page of a tenant's host that takes a member. */
export type MemberEnv = {
  Variables: RequestVariables & { tenant: Tenant; session: Session; member: MemberContext };
};

/** A page of the back office. `staff` works on connections that delay no request of a tenant. */
export type StaffEnv = { Variables: RequestVariables & { staff: SystemContext<StaffActor> } };

export type PersonSession = Session & { actor: UserActor | StaffActor };

/** The context of a visitor or of the person who is signed in, outside any tenant. */
export function systemContextOf<Env extends HttpEnv>(c: Context<Env>): SystemContext {
  const actor = c.get("session")?.actor ?? VISITOR;
  return {
    ...systemContext(c.get("services"), actor, c.get("requestId")),
    // Deno makes the signal when it is first read, and few requests need it.
    get signal() {
      return c.get("incoming").signal;
    },
  };
}

/** What follows a tenant's subdomain in its address, such as `.localhost:8000`. */
export function hostSuffix<Env extends HttpEnv>(c: Context<Env>): string {
  return `.${c.get("services").config.appUrl.host}`;
}

/** Whether htmx asks for a part of the page. When it goes back in the history, it asks for the whole. */
export function isPartial<Env extends HttpEnv>(c: Context<Env>): boolean {
  return c.req.header("HX-Request") === "true" && c.req.header("HX-History-Restore-Request") !== "true";
}

/** Sends the browser on: with 303, or with htmx's own header if htmx asked. */
export function redirect<Env extends HttpEnv>(c: Context<Env>, location: string): Response {
  if (!isPartial(c)) return c.redirect(location, 303);
  c.header("HX-Redirect", location);
  return c.body(null, 204);
}

/** The fields of a form, by their names. */
export type Fields = Record<string, string>;

/** The fields of a form as text. Of a field that was sent twice, the last value counts. */
export async function readForm<Env extends HttpEnv>(c: Context<Env>): Promise<Fields> {
  const form = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(form).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
