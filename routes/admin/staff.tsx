import { createMiddleware } from "hono/factory";
import type { PropsWithChildren } from "hono/jsx";
import { authorize } from "../../src/access/authorize.ts";
import { inBackground, systemContext } from "../../src/context.ts";
import { forbidden, unauthenticated } from "../../src/errors.ts";
import { TENANTS_MANAGE } from "../../src/tenancy/permissions.ts";
import { AdminShell } from "../../views/layouts/admin_shell.tsx";
import { type LayoutProps, titled } from "../../views/layouts/layout.ts";
import type { StaffEnv } from "../http.ts";

/** Admits only the platform's staff, and sets the back office as the layout of pages. */
export const requireStaff = createMiddleware<StaffEnv>(async (c, next) => {
  const actor = c.get("session")?.actor;
  if (!actor) throw unauthenticated();
  if (actor.type !== "staff") throw forbidden();
  const services = inBackground(c.get("services"));
  const staff = systemContext(services, actor, c.get("requestId"), c.get("device").ipAddress);
  authorize(staff, TENANTS_MANAGE);
  c.set("staff", staff);
  const user = { name: actor.name, email: actor.email };
  c.set("layout", titled((props: PropsWithChildren<LayoutProps>) => <AdminShell {...props} user={user} />));
  await next();
});
