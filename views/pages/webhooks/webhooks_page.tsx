import type { Wording } from "../../../src/platform/wording.ts";
import type { Endpoint } from "../../../src/webhooks/endpoint_rows.ts";
import type { EndpointHealth } from "../../../src/webhooks/health.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextLink } from "../../components/link.tsx";
import { MainCell, Row, RowCell, RowLink, TWO_LINES } from "../../components/list/list_table.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Table } from "../../components/table.tsx";
import { PlansButton, PlansLink } from "../../components/upgrade_notice.tsx";
import { useTranslate } from "../../wording.ts";
import { webhookText } from "./text.ts";
import { WEBHOOKS_PATH } from "./webhook_address.ts";

export type ListedEndpoint = Endpoint & { health: EndpointHealth };

export type WebhooksPageProps = {
  endpoints: ListedEndpoint[];
  /** The smallest plan with webhooks, if the workspace's plan has none. */
  missingPlan?: Wording;
};

/** `/developers/webhooks`: the workspace's webhooks and how they are doing. */
export function WebhooksPage({ endpoints, missingPlan }: WebhooksPageProps) {
  const text = webhookText.use();
  return (
    <>
      <PageLead>
        {text.lead} <TextLink href={`${WEBHOOKS_PATH}/events`}>{text.seeEvents}</TextLink>
      </PageLead>
      <Card flush>
        {endpoints.length > 0
          ? <EndpointTable endpoints={endpoints} />
          : <NoEndpoints missingPlan={missingPlan} />}
        {endpoints.length > 0 && missingPlan ? <KeptEndpoints plan={missingPlan} /> : null}
      </Card>
    </>
  );
}

/** The page's main action. */
export function NewWebhookLink() {
  return (
    <ButtonLink href={`${WEBHOOKS_PATH}/new`} variant="primary" icon="plus">
      {webhookText.use().new}
    </ButtonLink>
  );
}

function EndpointTable({ endpoints }: { endpoints: ListedEndpoint[] }) {
  const { title, columns } = webhookText.use();
  return (
    <Table
      label={title}
      columns={[
        { label: columns.endpoint, class: "px-2! ps-4! text-start" },
        { label: columns.events, class: "px-2! text-start" },
        { label: columns.day, class: "px-2! text-start" },
        { label: columns.status, class: "px-2! pe-4! text-end" },
      ]}
    >
      {endpoints.map((endpoint) => <EndpointRow key={endpoint.id} endpoint={endpoint} />)}
    </Table>
  );
}

function EndpointRow({ endpoint }: { endpoint: ListedEndpoint }) {
  const { id, url, description, events, health } = endpoint;
  return (
    <Row id={`webhook-${id}`}>
      <MainCell details={<Day health={health} />}>
        <p class={TWO_LINES}>
          <RowLink href={`${WEBHOOKS_PATH}/${id}`}>
            <span dir="ltr">{url.replace(/^https:\/\//, "")}</span>
          </RowLink>
        </p>
        {description ? <p class={`text-sm text-muted ${TWO_LINES}`} dir="auto">{description}</p> : null}
      </MainCell>
      <RowCell class="whitespace-nowrap">
        <EventCount events={events} />
      </RowCell>
      <RowCell class="whitespace-nowrap">
        <Day health={health} />
      </RowCell>
      <RowCell atEnd always class="whitespace-nowrap">
        <StatusBadge endpoint={endpoint} />
      </RowCell>
    </Row>
  );
}

function EventCount({ events }: { events: string[] }) {
  const text = webhookText.use();
  if (events.includes("*")) return <>{text.allEvents}</>;
  return events.length === 1
    ? <span class="font-mono text-sm">{events[0]}</span>
    : <>{text.eventCount(events.length)}</>;
}

/** What became of the events of the last 24 hours. */
function Day({ health: { delivered, failed, pending } }: { health: EndpointHealth }) {
  const text = webhookText.use();
  const parts = [
    delivered > 0 ? text.delivered(delivered) : null,
    failed > 0 ? <span key="failed" class="text-danger">{text.failed(failed)}</span> : null,
    pending > 0 ? text.waiting(pending) : null,
  ].filter((part) => part !== null);
  if (parts.length === 0) return <>{text.noEvents}</>;
  return <>{parts.flatMap((part, index) => index > 0 ? [" · ", part] : [part])}</>;
}

/** Plain text for a webhook that works, a badge for one that is off or fails. */
export function StatusBadge({ endpoint: { status, failingSince } }: { endpoint: Endpoint }) {
  const { statuses } = webhookText.use();
  if (status === "disabled") return <Badge>{statuses.disabled}</Badge>;
  return failingSince ? <Badge tone="warning">{statuses.failing}</Badge> : <>{statuses.active}</>;
}

function NoEndpoints({ missingPlan }: Pick<WebhooksPageProps, "missingPlan">) {
  const text = webhookText.use();
  const translate = useTranslate();
  return (
    <EmptyState
      icon="bolt"
      title={text.none}
      text={missingPlan ? text.notIncluded(translate(missingPlan)) : text.noneHint}
    >
      {missingPlan ? <PlansButton /> : <ExampleBody />}
    </EmptyState>
  );
}

/** What a receiver gets. */
function ExampleBody() {
  return (
    <pre
      class="max-w-full overflow-x-auto rounded-md border border-dashed border-line-strong px-4 py-2 text-start font-mono text-sm"
      dir="ltr"
      tabindex={0}
    >{webhookText.use().exampleBody}</pre>
  );
}

function KeptEndpoints({ plan }: { plan: Wording }) {
  const text = webhookText.use();
  return (
    <p class="border-t border-line px-4 py-3 text-sm text-muted">
      {text.keptOnly(useTranslate()(plan))} <PlansLink />
    </p>
  );
}
