import type { Context } from "hono";
import { systemActor } from "../../src/access/actor.ts";
import { type TenantContext, tenantContext } from "../../src/context.ts";
import { notFound } from "../../src/errors.ts";
import { TenantMark } from "../../views/components/tenant_mark.tsx";
import { type HttpEnv, PAGE_NOT_FOUND } from "../http.ts";
import { ownMark } from "../logos.ts";

/** The context of a person outside the workspace, who acts as their own contact. */
export function ownContext(c: Context<HttpEnv>): TenantContext {
  const tenant = c.get("tenant");
  if (!tenant) throw notFound(PAGE_NOT_FOUND);
  const { ipAddress } = c.get("device");
  return tenantContext(c.get("services"), tenant, systemActor("Contact"), c.get("requestId"), ipAddress);
}

/** The workspace as these pages show it. */
export function shownWorkspace({ tenant }: TenantContext) {
  return { workspace: tenant.name, mark: <TenantMark {...ownMark(tenant)} size="large" /> };
}

/** The email may have been forwarded. Its reader recognizes their own masked address, and others don't learn it. */
export function masked(email: string): string {
  return email.replace(/^(.)[^@]*/, "$1•••");
}
