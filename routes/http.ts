import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { type StaffActor, type UserActor, VISITOR } from "../src/access/actor.ts";
import { type MemberContext, type SystemContext, systemContext } from "../src/context.ts";
import type { Device, Session } from "../src/identity/credentials.ts";
import { problem } from "../src/platform/problem.ts";
import type { Services } from "../src/ports.ts";
import type { Tenant } from "../src/tenancy/tenant.ts";
import type { Layout } from "../views/layouts/layout.ts";
import type { NavigationLink } from "../views/layouts/navigation.tsx";
import type { AssetName } from "../views/static_files.ts";
import type { Mount } from "./mount.ts";

export const PAGE_NOT_FOUND = problem("page_not_found", "This page was not found.");

const NONCE_BYTES = 16;

/** The variables of every request, on any host. */
export type RequestVariables = {
  services: Services;
  /** The original request from Deno. `c.req.raw` is replaced once the body is read. */
  incoming: Request;
  requestId: string;
  /** How long the body took to arrive. Undefined before it is read. */
  bodyMilliseconds: number | undefined;
  /** What the scripts of the response carry. Undefined until `nonceOf` makes it. */
  nonce: string | undefined;
  asset: (name: AssetName) => string;
  device: Device;
  /** The rules of the mount that handles the request. Null before the request reaches a mount. */
  mount: Mount | null;
  /** The layout of pages. Guards replace it once they know the visitor. */
  layout: Layout;
  /** The tenant of the request's host; null on the apex. */
  tenant: Tenant | null;
  /** The tenant's custom domain, if the request is for that host. */
  customDomain: string | null;
  /** The tenant of the request's host, or the tenant that an API request names. */
  target: Tenant | null;
  /** The session on this host, if a guard has read it. */
  session: Session | null;
  /** The acting user's id, for the log. */
  userId: string | undefined;
  /** The code of the problem that the request was answered with. */
  errorCode: string | undefined;
};

export type HttpEnv = { Variables: RequestVariables };

/** A page of a tenant's host. */
export type TenantEnv = { Variables: RequestVariables & { tenant: Tenant } };

/** A page for a person who is signed in on the apex. */
export type PersonEnv = { Variables: RequestVariables & { session: PersonSession } };

/** A page about the person who is signed in, on the apex or on a tenant's host. */
export type AccountEnv = { Variables: RequestVariables & { session: Session } };

/** A page of a tenant's host for a member. */
export type MemberEnv = {
  Variables: RequestVariables & {
    tenant: Tenant;
    session: Session;
    member: MemberContext;
    /** The links in the workspace's navigation. */
    links: readonly NavigationLink[];
  };
};

/** A page of the back office. `staff` uses separate connections, so it never delays a tenant's requests. */
export type StaffEnv = { Variables: RequestVariables & { staff: SystemContext<StaffActor> } };

export type PersonSession = Session & { actor: UserActor | StaffActor };

/** The context of a visitor or a signed-in person, outside any tenant. */
export function systemContextOf<Env extends HttpEnv>(c: Context<Env>): SystemContext {
  const actor = c.get("session")?.actor ?? VISITOR;
  const { ipAddress, userAgent } = c.get("device");
  return {
    ...systemContext(c.get("services"), actor, c.get("requestId"), ipAddress, userAgent),
    // Deno creates the signal on first access, and few requests need it.
    get signal() {
      return c.get("incoming").signal;
    },
  };
}

/** The nonce of the response's scripts. Only pages have scripts, so it is made when it is first needed. */
export function nonceOf<Env extends HttpEnv>(c: Context<Env>): string {
  const nonce = c.get("nonce") ?? randomBytes(NONCE_BYTES).toString("base64");
  c.set("nonce", nonce);
  return nonce;
}

/** The part of a tenant's host after the subdomain, such as `.localhost:8000`. */
export function hostSuffix<Env extends HttpEnv>(c: Context<Env>): string {
  return `.${c.get("services").config.appUrl.host}`;
}

/** Whether htmx requests a part of the page. When it restores history, it requests the whole page. */
export function isPartial<Env extends HttpEnv>(c: Context<Env>): boolean {
  return c.req.header("HX-Request") === "true" && c.req.header("HX-History-Restore-Request") !== "true";
}

/**
 * Whether the response hands the connection to a WebSocket. Deno sends that response itself, so
 * nothing may change it, and nothing can read the request any more.
 */
export function isUpgrade<Env extends HttpEnv>(c: Context<Env>): boolean {
  return c.res.status === 101;
}

/** Redirects the browser: with 303, or with htmx's own header for an htmx request. */
export function redirect<Env extends HttpEnv>(c: Context<Env>, location: string): Response {
  if (!isPartial(c)) return c.redirect(location, 303);
  c.header("HX-Redirect", location);
  return c.body(null, 204);
}

/** Stands for the rest of the request where a guard is used only for what it finds. */
export const nothingNext = () => Promise.resolve();

/** The fields of a form by name. */
export type Fields = Record<string, string>;

/** The fields of a form as text. If a field was sent twice, the last value counts. */
export async function readForm<Env extends HttpEnv>(c: Context<Env>): Promise<Fields> {
  const form = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(form).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
