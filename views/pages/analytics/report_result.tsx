import type { ReportResult } from "../../../src/analytics/saved_reports/report_kinds.ts";
import { ActiveUsersCard } from "./active_users_page.tsx";
import { BreakdownResult } from "./breakdown_page.tsx";
import { FunnelResult } from "./funnel_page.tsx";
import { UsageCharts } from "./overview_page.tsx";
import { RetentionCard } from "./retention_page.tsx";

/** What a report of any kind says. `event` and `property` are those of a breakdown. */
export type ShownReport = ReportResult & { event?: string; property?: string };

export function ReportResultCards({ report }: { report: ShownReport }) {
  const { usage, activeUsers, retention, funnel, breakdown, event = "", property = "" } = report;
  return (
    <>
      {usage ? <UsageCharts report={usage} /> : null}
      {activeUsers ? <ActiveUsersCard {...activeUsers} /> : null}
      {retention ? <RetentionCard {...retention} /> : null}
      {funnel ? <FunnelResult funnel={funnel} /> : null}
      {breakdown ? <BreakdownResult breakdown={breakdown} event={event} property={property} /> : null}
    </>
  );
}
