import type { ReportResult } from "../../../src/analytics/saved_reports/report_kinds.ts";
import type { SavedReport } from "../../../src/analytics/saved_reports/saved_reports.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CopyField } from "../../components/copy_field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Day } from "../../components/time.tsx";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { fill } from "../../text.ts";
import { SAVED_PATH } from "./address.ts";
import { ReportResultCards } from "./report_result.tsx";
import { analyticsText } from "./text.ts";

export type SavedReportPageProps = {
  report: SavedReport & ReportResult;
  /** Why it has no result now. */
  problem?: string;
  canManage: boolean;
};

/** `/analytics/reports/:id`: the report as of now, and its link. */
export function SavedReportPage({ report, problem, canManage }: SavedReportPageProps) {
  const text = analyticsText.use();
  return (
    <div class="grid grid-cols-1 gap-6">
      <PageLead>{text.lastDays(report.days)}</PageLead>
      <FormProblem problem={problem} />
      <ReportResultCards report={report} />
      {canManage ? <LinkCard report={report} /> : null}
    </div>
  );
}

function LinkCard({ report: { id, linkExpiresAt } }: { report: SavedReport }) {
  const text = analyticsText.use();
  return (
    <Card title={text.link} class="max-w-xl">
      <p class="text-muted">{text.shareNote}</p>
      {linkExpiresAt ? <p class="mt-2">{fill(text.linkUntil, { day: <Day at={linkExpiresAt} /> })}</p> : null}
      <div class="mt-4 flex flex-wrap gap-2">
        <form method="post" action={`${SAVED_PATH}/${id}/link`}>
          <Button>{linkExpiresAt ? text.shareNew : text.share}</Button>
        </form>
        {linkExpiresAt
          ? (
            <form method="post" action={`${SAVED_PATH}/${id}/link/revoke`}>
              <Button>{text.revoke}</Button>
            </form>
          )
          : null}
        <ButtonLink href={`${SAVED_PATH}/${id}/delete`} variant="quiet">{text.remove}</ButtonLink>
      </div>
    </Card>
  );
}

/** A report's new link, which is shown only here. */
export function ReportLinkPage({ id, url }: { id: string; url: string }) {
  const text = analyticsText.use();
  return (
    <div class="max-w-xl">
      <PageLead>{text.shared}</PageLead>
      <Card>
        <CopyField id="report-link" label={text.link} value={url} />
        <div class="mt-5">
          <ButtonLink href={`${SAVED_PATH}/${id}`}>{text.back}</ButtonLink>
        </div>
      </Card>
    </div>
  );
}

/** `/analytics/reports/:id/delete` */
export function DeleteReportPage({ id, name }: { id: string; name: string }) {
  const text = analyticsText.use();
  return (
    <div class="max-w-xl">
      <Card>
        <form method="post" action={`${SAVED_PATH}/${id}/delete`} class="grid gap-5">
          <p class="text-muted wrap-anywhere">
            {fill(text.removeText, {
              name: <strong class="font-semibold text-ink" dir="auto">{name}</strong>,
            })}
          </p>
          <div class="flex flex-wrap gap-2">
            <Button variant="danger">{text.remove}</Button>
            <ButtonLink href={`${SAVED_PATH}/${id}`}>{text.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}
