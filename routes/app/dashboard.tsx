import { Hono } from "hono";
import { getDashboard } from "../../src/analytics/dashboard.ts";
import type { AuditAction } from "../../src/audit/audit_log.ts";
import type { TenantContext } from "../../src/context.ts";
import { DashboardPage, DashboardPanel } from "../../views/pages/dashboard_page.tsx";
import { type AppEnv, tenantContextOf } from "../http.ts";
import { render } from "../render.tsx";
import { shellOf } from "./viewer.ts";
import { PROJECTS_WRITE } from "../../src/projects/projects.ts";
import { can } from "../../src/access/authorize.ts";

const DONE: Record<AuditAction, string> = {
  "project.created": "created",
  "project.updated": "changed",
  "project.archived": "archived",
  "project.restored": "restored",
  "project.deleted": "deleted",
  "tenant.created": "created the workspace",
  "tenant.renamed": "renamed the workspace to",
  "tenant.moved": "moved the workspace",
  "tenant.rebranded": "changed the look of its mail",
  "tenant.suspended": "suspended",
  "tenant.resumed": "resumed",
  "tenant.deletion_scheduled": "scheduled the deletion of",
  "tenant.deletion_canceled": "took back the deletion of",
};

export const dashboardPages = new Hono<AppEnv>();

dashboardPages.get("/dashboard", async (c) => {
  const panel = await panelOf(tenantContextOf(c));
  return render(c, <DashboardPage {...shellOf(c)} {...panel} />);
});

dashboardPages.get("/dashboard/panel", async (c) => {
  return render(c, <DashboardPanel {...await panelOf(tenantContextOf(c))} />);
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
