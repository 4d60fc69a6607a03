import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { PropsWithChildren } from "hono/jsx";
import { listForMember } from "../../src/announcements/announcements.ts";
import { can, isReadOnly } from "../../src/access/authorize.ts";
import { BILLING_MANAGE } from "../../src/billing/permissions.ts";
import { nameOfRole } from "../../src/access/permissions.ts";
import { type MemberContext, tenantContext } from "../../src/context.ts";
import { unauthenticated } from "../../src/errors.ts";
import { after, DAY } from "../../src/platform/clock.ts";
import type { Session } from "../../src/identity/credentials.ts";
import { requireFactorIn } from "../../src/identity/factor_policy.ts";
import { findUnread } from "../../src/notifications/feed.ts";
import type { Unread } from "../../src/notifications/unread.ts";
import { TENANT_DELETE } from "../../src/tenancy/permissions.ts";
import { AppShell } from "../../views/layouts/app_shell.tsx";
import type { ShownAnnouncement } from "../../views/layouts/announcement_notice.tsx";
import { type Layout, type LayoutProps, titled } from "../../views/layouts/layout.ts";
import type { NavigationLink } from "../../views/layouts/navigation.tsx";
import { endpointOf } from "../endpoint.ts";
import { type HttpEnv, nothingNext, type RequestVariables } from "../http.ts";
import { ownMark } from "../logos.ts";
import { findTenant } from "../middleware/host.ts";
import { readSession } from "../middleware/session.ts";
import { undismissed } from "../notices.ts";
import { linksFor, type PlacedLink } from "./member_pages.ts";

/** How long before its end people are told that a plan ends. */
const PLAN_NOTICE = 3 * DAY;
/** Members without a required second factor add one here. */
const ACCOUNT_PATH = /^\/account(?:\/|$)/;

type GuardEnv = {
  Variables: RequestVariables & { member: MemberContext; links: readonly NavigationLink[] };
};

/**
 * Admits only members of the workspace, and sets its shell, with these links in the navigation, as the layout of pages.
 * An unknown path is a 404 for visitors, too.
 */
export function requireMember(placed: readonly PlacedLink[]) {
  return createMiddleware<GuardEnv>(async (c, next) => {
    const session = c.get("session");
    const tenant = c.get("tenant");
    if (tenant && session && "role" in session.actor) {
      const { ipAddress } = c.get("device");
      const member = tenantContext(c.get("services"), tenant, session.actor, c.get("requestId"), ipAddress);
      const links = linksFor(c, placed, session.actor);
      c.set("member", member);
      c.set("links", links);
      const [announcements, unread] = await Promise.all([listForMember(member), findUnread(member)]);
      c.set("layout", shellOf(c, member, session, links, { announcements, unread }));
      if (!ACCOUNT_PATH.test(c.req.path)) requireFactorIn(c.get("services"), tenant, session);
    } else if (endpointOf(c) !== "unmatched") {
      throw unauthenticated();
    }
    await next();
  });
}

/** Frames an error page with the workspace's shell for a member, if the request failed before `requireMember`. */
export function frameWorkspace(placed: readonly PlacedLink[]) {
  return async (c: Context<HttpEnv>): Promise<void> => {
    if (!c.get("tenant")) await findTenant(c, nothingNext);
    if (!c.get("session")) await readSession(c, nothingNext);
    const session = c.get("session");
    const tenant = c.get("tenant");
    if (!tenant || !session || !("role" in session.actor)) return;
    const member = tenantContext(c.get("services"), tenant, session.actor, c.get("requestId"));
    c.set("layout", shellOf(c, member, session, linksFor(c, placed, session.actor)));
  };
}

function shellOf<Env extends HttpEnv>(
  c: Context<Env>,
  { tenant, actor }: MemberContext,
  { isVerified, hasFactor, appearance: { avatarColor } }: Session,
  links: readonly NavigationLink[],
  { announcements = [], unread = null }: {
    announcements?: readonly ShownAnnouncement[];
    unread?: Unread | null;
  } = {},
): Layout {
  const canCancel = can({ actor }, TENANT_DELETE);
  const conditions = undismissed(c, actor.id, {
    unverified: isVerified ? undefined : actor.email,
    factorBy: hasFactor ? undefined : tenant.secondFactorFrom ?? undefined,
    deletion: tenant.deletionDueAt ? { on: tenant.deletionDueAt, canCancel } : undefined,
    isReadOnly: isReadOnly({ actor, tenant, services: c.get("services") }),
    planUntil: endsSoon(c, tenant.planUntil) && can({ actor }, BILLING_MANAGE)
      ? tenant.planUntil!
      : undefined,
  });
  const shell = {
    links,
    tenant: ownMark(tenant),
    user: { name: actor.name, email: actor.email, role: nameOfRole(actor.role), avatarColor },
    announcements,
    unread,
    visit: actor.type === "acting" ? actor.visit : undefined,
    ...conditions,
  };
  return titled((props: PropsWithChildren<LayoutProps>) => <AppShell {...shell} {...props} />);
}

function endsSoon<Env extends HttpEnv>(c: Context<Env>, at: Date | null): boolean {
  return at !== null && at <= after(c.get("services").clock.now(), PLAN_NOTICE);
}
