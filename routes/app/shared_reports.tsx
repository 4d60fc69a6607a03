import { type Context, Hono } from "hono";
import { openSharedReport, type SharedReport } from "../../src/analytics/saved_reports/report_links.ts";
import { SharedReportPage } from "../../views/pages/analytics/shared_report_page.tsx";
import { activeUsersDay, breakdownValue, cohort, funnelStep, usageDay } from "../api/analytics_models.ts";
import { csvTable } from "../api/list_answer.ts";
import { sendCsv } from "../csv.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { ownMark } from "../logos.ts";
import { page } from "../page.tsx";

/** Reports that a workspace shared by a link. Everyone with the link sees the same page, whether signed in or not. */
export const sharedReportPages = new Hono<HttpEnv>();

sharedReportPages.get("/shared-reports/:id", async (c) => {
  const report = await open(c);
  c.header("X-Robots-Tag", "noindex, nofollow");
  return await page(c, {
    title: `${report.name} · ${report.workspace}`,
    wide: true,
    body: <SharedReportPage report={report} mark={ownMark(c.get("tenant")!)} csvHref={`${c.req.path}/csv`} />,
  });
});

sharedReportPages.get("/shared-reports/:id/csv", async (c) => {
  const report = await open(c);
  const { columns, rows } = tableOf(report);
  c.header("X-Robots-Tag", "noindex, nofollow");
  return await sendCsv(c, `${report.kind.replace("_", "-")}.csv`, columns, rows);
});

function open(c: Context<HttpEnv>): Promise<SharedReport> {
  c.set("session", null);
  return openSharedReport(systemContextOf(c), c.req.param("id")!, c.get("tenant"));
}

/** The lines that the API has for a report of this kind. */
function tableOf({ usage, activeUsers, funnel, retention, breakdown }: SharedReport) {
  if (usage) return csvTable(usageDay, usage.series);
  if (activeUsers) return csvTable(activeUsersDay, activeUsers.series);
  if (funnel) return csvTable(funnelStep, funnel.steps);
  if (retention) return csvTable(cohort, retention.cohorts);
  return csvTable(breakdownValue, breakdown!.values);
}
