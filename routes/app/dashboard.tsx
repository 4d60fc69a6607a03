import { can } from "../../src/access/authorize.ts";
import { getDashboard } from "../../src/analytics/dashboard.ts";
import type { TenantContext } from "../../src/context.ts";
import { sentenceOf } from "../../src/events/sentence.ts";
import { PROJECTS_WRITE } from "../../src/projects/projects.ts";
import { DashboardPanel, NewProjectLink } from "../../views/pages/dashboard_page.tsx";
import { fragment, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const pages = new MemberPages({
  label: "Dashboard",
  href: "/dashboard",
  icon: "home",
  group: "main",
  position: 10,
});
export default pages;

pages.get("/dashboard", async (c) => {
  const ctx = c.get("member");
  const panel = await panelOf(ctx);
  return await page(c, {
    title: "Dashboard",
    actions: panel.canWrite ? <NewProjectLink /> : undefined,
    body: <DashboardPanel {...panel} />,
  });
});

pages.get("/dashboard/panel", async (c) => {
  return await fragment(c, <DashboardPanel {...await panelOf(c.get("member"))} />);
});

async function panelOf(ctx: TenantContext) {
  const { stats, activity } = await getDashboard(ctx);
  return {
    stats,
    activity: activity.map((entry) => ({
      at: entry.at,
      actorName: entry.actorName,
      summary: sentenceOf(ctx.services.events, entry),
    })),
    now: ctx.services.clock.now(),
    canWrite: can(ctx, PROJECTS_WRITE),
  };
}
