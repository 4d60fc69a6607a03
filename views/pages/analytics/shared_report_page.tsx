import type { SharedReport } from "../../../src/analytics/saved_reports/report_links.ts";
import { ButtonLink } from "../../components/button.tsx";
import { type Mark, TenantMark } from "../../components/tenant_mark.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { ReportResultCards } from "./report_result.tsx";
import { analyticsText } from "./text.ts";

export type SharedReportPageProps = { report: SharedReport; mark: Mark; csvHref: string };

/** `/shared-reports/:id`, for everyone with the link: the report as of now, and nothing else of the workspace. */
export function SharedReportPage({ report, mark, csvHref }: SharedReportPageProps) {
  const text = analyticsText.use();
  return (
    <div class="mx-auto grid max-w-[70rem] grid-cols-1 gap-6 px-5 py-6 sm:px-8 sm:py-10">
      <header class="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div class="min-w-0">
          <p class="flex items-center gap-2 text-muted">
            <TenantMark {...mark} />
            <bdi class="min-w-0 wrap-anywhere">{report.workspace}</bdi>
          </p>
          <h1 class="mt-3 text-2xl font-semibold tracking-tighter wrap-anywhere" dir="auto">{report.name}</h1>
          <p class="mt-1 text-muted">
            {text.lastDays(report.days)} · {fill(text.linkUntil, { day: <Day at={report.expiresAt} /> })}
          </p>
        </div>
        <ButtonLink href={csvHref} download>{text.download}</ButtonLink>
      </header>
      <ReportResultCards report={report} />
    </div>
  );
}
