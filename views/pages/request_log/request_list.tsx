// htmx requests a part of this page: RequestList for `#request-list`.
import type { LoggedRequest } from "../../../src/api_access/request_log.ts";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextLink } from "../../components/link.tsx";
import { listHref } from "../../components/list/list_address.ts";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { usePage } from "../../page.tsx";
import { isFiltered, REQUEST_LOG, type RequestView } from "./request_address.ts";
import { FindRequest, type RequestChoices, RequestFilter } from "./request_filter.tsx";
import { RequestRow } from "./request_row.tsx";
import { requestLogText } from "./text.ts";

export type RequestListProps = {
  requests: LoggedRequest[];
  pages: ListPages;
  view: RequestView;
  choices: RequestChoices;
};

const ID = "request-list";
const TABS = ["all", "2xx", "error", "4xx", "5xx"] as const;

/** `/developers/logs`: the workspace's API calls. A change of what the list shows replaces it. */
export function RequestList({ requests, pages, view, choices }: RequestListProps) {
  const text = requestLogText.use();
  const { columns, tabs } = text;
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={REQUEST_LOG}
      view={view}
      pages={pages}
      tabs={{
        name: "status",
        label: tabs.label,
        counts: null,
        options: TABS.map((value) => ({ value, label: tabs[value] })),
      }}
      filter={<FindRequest />}
      notice={<RequestFilter list={ID} view={view} choices={choices} />}
      columns={[
        { label: columns.request },
        { label: columns.status, class: "md:w-20" },
        { label: columns.caller, class: "md:w-48 max-lg:hidden" },
        { label: columns.duration, atEnd: true, class: "md:w-24" },
        { label: columns.time, sort: "-at", atEnd: true, class: "md:w-36" },
      ]}
      rows={requests.map((request) => <RequestRow key={request.id} request={request} />)}
      empty={isFiltered(view)
        ? (
          <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
            <ButtonLink href={REQUEST_LOG.path}>{text.showAll}</ButtonLink>
          </EmptyState>
        )
        : (
          <EmptyState icon="bolt" title={text.none} text={text.noneHint}>
            <ButtonLink href={`${usePage().apexUrl}/docs`}>{text.readDocs}</ButtonLink>
          </EmptyState>
        )}
      foot={
        <TextLink href={listHref(REQUEST_LOG, view, { path: `${REQUEST_LOG.path}.csv` })} download>
          {text.download}
        </TextLink>
      }
    />
  );
}
