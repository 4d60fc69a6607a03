import { can } from "../../src/access/authorize.ts";
import { getDashboard } from "../../src/analytics/dashboard.ts";
import type { AuditAction } from "../../src/audit/audit_log.ts";
import type { TenantContext } from "../../src/context.ts";
import { PROJECTS_WRITE } from "../../src/projects/projects.ts";
import { DashboardPage, DashboardPanel } from "../../views/pages/dashboard_page.tsx";
import { fragment, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const DONE: Record<AuditAction, string> = {
  "project.created": "created",
  "project.updated": "changed",
  "project.archived": "archived",
  "project.restored": "restored",
  "project.deleted": "deleted",
  "tenant.created": "created the workspace",
  "tenant.renamed": "renamed the workspace to",
  "tenant.moved": "moved the workspace",
  "tenant.rebranded": "changed the email branding of",
  "tenant.suspended": "suspended",
  "tenant.resumed": "resumed",
  "tenant.deletion_scheduled": "scheduled the deletion of",
  "tenant.deletion_canceled": "canceled the deletion of",
};

export const dashboardPages = new MemberPages({ label: "Dashboard", href: "/dashboard", icon: "home" });

dashboardPages.get("/dashboard", async (c) => {
  const ctx = c.get("member");
  const panel = await panelOf(ctx);
  const body = <DashboardPage workspace={ctx.tenant.name} person={ctx.actor.name} {...panel} />;
  return await page(c, { title: "Dashboard", body });
});

dashboardPages.get("/dashboard/panel", async (c) => {
  return await fragment(c, <DashboardPanel {...await panelOf(c.get("member"))} />);
});

async function panelOf(ctx: TenantContext) {
  const { stats, activity } = await getDashboard(ctx);
  return {
    stats,
    activity: activity.map(({ at, actorName, action, subjectName }) => ({
      at,
      actorName,
      summary: `${DONE[action]} ${subjectName}`,
    })),
    now: ctx.services.clock.now(),
    canWrite: can(ctx, PROJECTS_WRITE),
  };
}
