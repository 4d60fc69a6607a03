import type { SavedReport } from "../../../src/analytics/saved_reports/saved_reports.ts";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextLink } from "../../components/link.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { SAVED_PATH } from "./address.ts";
import { analyticsText } from "./text.ts";

/** `/analytics/reports` */
export function SavedReportsCard(
  { reports, pages }: {
    reports: SavedReport[];
    pages: { previousHref: string | null; nextHref: string | null };
  },
) {
  const text = analyticsText.use();
  if (reports.length === 0) {
    return (
      <Card flush>
        <EmptyState icon="chart" title={text.noneSaved} text={text.noneSavedHint} />
      </Card>
    );
  }
  return (
    <Card flush>
      <Table
        label={text.tabs.saved}
        columns={[
          { label: text.name, class: "text-start" },
          { label: text.reportKind, class: "text-start" },
          { label: text.period, class: "text-start" },
          { label: text.link, class: "text-end" },
        ]}
      >
        {reports.map((report) => <ReportRow key={report.id} report={report} />)}
      </Table>
      <Pagination {...pages} />
    </Card>
  );
}

function ReportRow({ report: { id, name, kind, days, linkExpiresAt } }: { report: SavedReport }) {
  const text = analyticsText.use();
  const period = text.lastDays(days);
  return (
    <tr>
      <Cell>
        <TextLink href={`${SAVED_PATH}/${id}`}>
          <bdi>{name}</bdi>
        </TextLink>
        <p class="text-sm text-muted md:hidden">{text.kinds[kind]}, {period}</p>
      </Cell>
      <Cell wideOnly>{text.kinds[kind]}</Cell>
      <Cell wideOnly>{period}</Cell>
      <Cell class="text-end text-muted">
        {linkExpiresAt ? fill(text.linkUntil, { day: <Day at={linkExpiresAt} /> }) : text.noLink}
      </Cell>
    </tr>
  );
}
