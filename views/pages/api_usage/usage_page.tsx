// htmx requests a part of this page: UsagePanel for `#api-usage`.
import type { ApiUsage } from "../../../src/api_access/usage_report.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { listHref } from "../../components/list/list_address.ts";
import { usePage } from "../../page.tsx";
import { endpointLabel } from "../request_log/request_filter.tsx";
import { Caller, Operation } from "../request_log/request_row.tsx";
import { requestLogText } from "../request_log/text.ts";
import { usageText } from "./text.ts";
import { API_USAGE, requestsHref, type UsageView } from "./usage_address.ts";
import { CallsCard, LatencyCard } from "./usage_charts.tsx";
import { UsageFigures } from "./usage_figures.tsx";
import { type UsageChoices, UsageFilter } from "./usage_filter.tsx";
import { type UsageLine, UsageTable } from "./usage_table.tsx";

export type UsagePanelProps = {
  usage: ApiUsage;
  view: UsageView;
  choices: UsageChoices;
  /** The periods to choose from, in days. */
  periods: readonly string[];
  /** The first day of the period that the request log still has. */
  firstLoggedDay: string;
};

const ID = "api-usage";

/** `/developers/usage`: calls, errors and durations by day, endpoint and caller. A change of what it is about replaces it. */
export function UsagePanel({ usage, view, choices, periods, firstLoggedDay }: UsagePanelProps) {
  const text = usageText.use();
  const { total, days } = usage;
  return (
    <div id={ID} class="grid gap-6 scroll-mt-20">
      <UsageFilter panel={ID} view={view} choices={choices} days={periods} />
      {total.calls > 0
        ? (
          <>
            <UsageFigures total={total} view={view} firstDay={firstLoggedDay} />
            <div class="grid grid-cols-1 gap-6 lg:grid-cols-2">
              <CallsCard days={days} />
              <LatencyCard days={days} />
            </div>
            <UsageTable
              title={text.byEndpoint}
              head={text.endpoint}
              lines={useOperationLines(usage, view, firstLoggedDay)}
              maxLines={usage.maxLines}
            />
            <UsageTable
              title={text.byCaller}
              head={text.caller}
              lines={actorLines(usage, view, firstLoggedDay)}
              maxLines={usage.maxLines}
            />
          </>
        )
        : <NoCalls view={view} />}
    </div>
  );
}

function NoCalls({ view }: { view: UsageView }) {
  const text = usageText.use();
  const isFiltered = view.operation !== "all" || view.actor !== "all";
  return (
    <Card flush>
      <EmptyState icon="bolt" title={text.none} text={text.noneHint}>
        {isFiltered
          ? (
            <ButtonLink href={listHref(API_USAGE, { ...view, operation: "all", actor: "all" })}>
              {text.showAll}
            </ButtonLink>
          )
          : <ButtonLink href={`${usePage().apexUrl}/docs`}>{requestLogText.use().readDocs}</ButtonLink>}
      </EmptyState>
    </Card>
  );
}

function useOperationLines({ operations }: ApiUsage, view: UsageView, firstDay: string): UsageLine[] {
  const text = requestLogText.use();
  return operations.map(({ method, endpoint, ...figures }) => ({
    ...figures,
    key: `${method} ${endpoint}`,
    name: <Operation method={method} endpoint={endpoint} />,
    label: `${method} ${endpointLabel(endpoint, text)}`,
    reportHref: listHref(API_USAGE, { ...view, operation: `${method} ${endpoint}` }),
    requestsHref: requestsHref(view, firstDay, { method, endpoint }),
  }));
}

function actorLines({ actors }: ApiUsage, view: UsageView, firstDay: string): UsageLine[] {
  return actors.map(({ type, id, name, ...figures }) => ({
    ...figures,
    key: id,
    name: <Caller actor={{ type, id, name }} />,
    label: name,
    reportHref: listHref(API_USAGE, { ...view, actor: id }),
    requestsHref: requestsHref(view, firstDay, { actor: id }),
  }));
}
