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
import { type HttpEnv, redirect, type StaffEnv } from "../http.ts";
import { STEP_UP_PATH } from "../step_up.tsx";
import { frameSite } from "../site/visitor.tsx";

/**
 * Admits only the platform's staff with a second factor, and sets the back office as the layout of pages. Staff without one come to the
 * page that sets it up.
 */
export const requireStaff = createMiddleware<StaffEnv>(async (c, next) => {
  const session = c.get("session");
  if (!session) throw unauthenticated();
  if (session.isStaffWithoutFactor) {
    return redirect(c, session.hasFactor ? `${STEP_UP_PATH}?next=/admin` : "/account/security?notice=staff");
  }
  const { actor } = session;
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
