import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { PropsWithChildren } from "hono/jsx";
import type { StaffActor } from "../../src/access/actor.ts";
import { authorize } from "../../src/access/authorize.ts";
import { inBackground, systemContext } from "../../src/context.ts";
import { forbidden, unauthenticated } from "../../src/errors.ts";
import { TENANTS_MANAGE } from "../../src/tenancy/permissions.ts";
import { AdminShell } from "../../views/layouts/admin_shell.tsx";
import { type Layout, type LayoutProps, titled } from "../../views/layouts/layout.ts";
import type { HttpEnv, StaffEnv } from "../http.ts";
import { frameSite } from "../site/visitor.tsx";

/** Admits only the platform's staff, and sets the back office as the layout of pages. */
export const requireStaff = createMiddleware<StaffEnv>(async (c, next) => {
  const actor = c.get("session")?.actor;
  if (!actor) throw unauthenticated();
  if (actor.type !== "staff") throw forbidden();
  const services = inBackground(c.get("services"));
  const staff = systemContext(services, actor, c.get("requestId"), c.get("device").ipAddress);
  authorize(staff, TENANTS_MANAGE);
  c.set("staff", staff);
  c.set("layout", shellOf(actor));
  await next();
});

/** Frames an error page with the back office for staff, and like the site's pages for others. */
export async function frameBackOffice(c: Context<HttpEnv>): Promise<void> {
  await frameSite(c);
  const actor = c.get("session")?.actor;
  if (actor?.type === "staff") c.set("layout", shellOf(actor));
}

function shellOf({ name, email }: StaffActor): Layout {
  return titled((props: PropsWithChildren<LayoutProps>) => <AdminShell {...props} user={{ name, email }} />);
}
