import type { Delivery } from "../../../src/webhooks/delivery_rows.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { MainCell, Row, RowCell, RowLink } from "../../components/list/list_table.tsx";
import { Time } from "../../components/time.tsx";
import { webhookText } from "./text.ts";
import { deliveriesOf, deliveryPath, type DeliveryView } from "./webhook_address.ts";

export type DeliveryListProps = {
  endpointId: string;
  deliveries: Delivery[];
  pages: ListPages;
  counts: Record<DeliveryView["status"], number> | null;
  view: DeliveryView;
  now: Date;
};

const STATUSES = ["all", "pending", "delivered", "failed", "skipped"] as const;

/** What was sent to a webhook. A change of the filter or the page replaces it. */
export function DeliveryList({ endpointId, deliveries, pages, counts, view, now }: DeliveryListProps) {
  const text = webhookText.use();
  const { event, result, attempts, time } = text.deliveryColumns;
  const address = deliveriesOf(endpointId);
  return (
    <ListPanel
      id="delivery-list"
      label={text.deliveries}
      address={address}
      view={view}
      pages={pages}
      tabs={{
        name: "status",
        label: text.filterByStatus,
        counts,
        options: STATUSES.map((value) => ({ value, label: text.deliveryStatuses[value] })),
      }}
      columns={[
        { label: event },
        { label: result, class: "md:w-56" },
        { label: attempts, class: "md:w-32 max-lg:hidden" },
        { label: time, atEnd: true, class: "md:w-28" },
      ]}
      rows={deliveries.map((delivery) => <DeliveryRow key={delivery.id} delivery={delivery} now={now} />)}
      empty={view.status === "all"
        ? <EmptyState icon="bolt" title={text.noDeliveries} text={text.noDeliveriesHint} />
        : (
          <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
            <ButtonLink href={address.path}>{text.showAll}</ButtonLink>
          </EmptyState>
        )}
    />
  );
}

function DeliveryRow({ delivery, now }: { delivery: Delivery; now: Date }) {
  const text = webhookText.use();
  const { id, event, attempts, createdAt } = delivery;
  return (
    <Row id={`delivery-${id}`}>
      <MainCell
        details={
          <>
            <Result delivery={delivery} />
            <Time at={createdAt} now={now} />
          </>
        }
      >
        <RowLink href={deliveryPath(id)}>
          <span class="font-mono text-sm">{event}</span>
        </RowLink>
      </MainCell>
      <RowCell>
        <Result delivery={delivery} />
      </RowCell>
      <RowCell class="max-lg:hidden">{attempts > 0 ? text.attempts(attempts) : null}</RowCell>
      <RowCell atEnd class="whitespace-nowrap">
        <Time at={createdAt} now={now} />
      </RowCell>
    </Row>
  );
}

/** Plain text for a delivered event, a badge for any other. The last response stands beside it. */
export function Result({ delivery: { status, responseStatus } }: { delivery: Delivery }) {
  const { deliveryStatuses } = webhookText.use();
  const label = deliveryStatuses[status];
  return (
    <span class="inline-flex items-center gap-2 whitespace-nowrap">
      {status === "delivered"
        ? label
        : <Badge tone={status === "failed" ? "danger" : "neutral"}>{label}</Badge>}
      {responseStatus ? <span class="text-sm text-muted tabular-nums">{responseStatus}</span> : null}
    </span>
  );
}
