import type { Endpoint } from "../../../src/webhooks/endpoint_rows.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { Icon } from "../../components/icon.tsx";
import { Menu, MenuButton, MenuLink } from "../../components/menu.tsx";
import { Day, Instant } from "../../components/time.tsx";
import { DeliveryList, type DeliveryListProps } from "./delivery_list.tsx";
import { webhookText } from "./text.ts";
import { WEBHOOKS_PATH } from "./webhook_address.ts";
import { StatusBadge } from "./webhooks_page.tsx";

export type EndpointPageProps = { endpoint: Endpoint; list: DeliveryListProps; now: Date };

/** `/developers/webhooks/:id`: a webhook, and what was sent to it. */
export function EndpointPage({ endpoint, list, now }: EndpointPageProps) {
  const text = webhookText.use();
  const { disabledReason, failingSince } = endpoint;
  return (
    <div class="grid grid-cols-1 gap-6">
      {disabledReason ? <Alert kind="warning">{text.reasons[disabledReason]}</Alert> : null}
      {failingSince && !disabledReason ? <Alert kind="warning">{text.failingNotice}</Alert> : null}
      <Card title={text.details}>
        <Facts endpoint={endpoint} now={now} />
      </Card>
      <div>
        <h2 class="mb-3 text-md font-semibold">{text.deliveries}</h2>
        <DeliveryList {...list} />
      </div>
    </div>
  );
}

/** The page's actions. A plan without webhooks only leaves deleting. */
export function EndpointActions(
  { endpoint: { id, status }, isIncluded }: { endpoint: Endpoint; isIncluded: boolean },
) {
  const { actions: text } = webhookText.use();
  const path = `${WEBHOOKS_PATH}/${id}`;
  const isOn = status === "active";
  if (!isIncluded) return <ButtonLink href={`${path}/delete`} icon="trash">{text.remove}</ButtonLink>;
  return (
    <>
      {isOn
        ? (
          <form method="post" action={`${path}/test`}>
            <Button variant="primary" icon="bolt">{text.test}</Button>
          </form>
        )
        : (
          <form method="post" action={`${path}/status`}>
            <input type="hidden" name="status" value="active" />
            <Button variant="primary">{text.on}</Button>
          </form>
        )}
      <Menu
        label={text.more}
        summary={<Icon name="more" />}
        summaryClass="grid size-9 place-items-center text-muted hover:bg-line! max-sm:size-11"
      >
        <MenuLink icon="edit" href={`${path}/edit`}>{text.edit}</MenuLink>
        {isOn ? <MenuLink icon="restore" href={`${path}/replay`}>{text.replay}</MenuLink> : null}
        <MenuLink icon="key" href={`${path}/secret`}>{text.rotate}</MenuLink>
        {isOn ? <StatusForm id={id} status="disabled" label={text.off} /> : null}
        <MenuLink icon="trash" tone="danger" href={`${path}/delete`}>{text.remove}</MenuLink>
      </Menu>
    </>
  );
}

function StatusForm({ id, status, label }: { id: string; status: string; label: string }) {
  return (
    <form method="post" action={`${WEBHOOKS_PATH}/${id}/status`}>
      <input type="hidden" name="status" value={status} />
      <MenuButton icon="archive">{label}</MenuButton>
    </form>
  );
}

function Facts({ endpoint, now }: { endpoint: Endpoint; now: Date }) {
  const text = webhookText.use();
  const { facts } = text;
  const { url, description, events, headers, rateLimit, failingSince, previousSecretUntil, createdAt } =
    endpoint;
  const isOverlapping = previousSecretUntil !== null && previousSecretUntil > now;
  return (
    <DescriptionList
      facts={[
        { term: facts.url, value: <span dir="ltr">{url}</span> },
        ...(description ? [{ term: facts.description, value: <span dir="auto">{description}</span> }] : []),
        { term: facts.status, value: <StatusBadge endpoint={endpoint} /> },
        ...(failingSince ? [{ term: facts.failing, value: <Instant at={failingSince} now={now} /> }] : []),
        { term: facts.events, value: <Events events={events} /> },
        ...(Object.keys(headers).length > 0
          ? [{ term: facts.headers, value: <span dir="ltr">{Object.keys(headers).join(", ")}</span> }]
          : []),
        { term: facts.rate, value: rateLimit === null ? text.noLimit : text.perSecond(rateLimit) },
        ...(isOverlapping ? [{ term: facts.secret, value: text.bothSecrets }] : []),
        { term: facts.created, value: <Day at={createdAt} /> },
      ]}
    />
  );
}

function Events({ events }: { events: string[] }) {
  if (events.includes("*")) return <>{webhookText.use().allEvents}</>;
  return <span class="font-mono text-sm">{events.join(", ")}</span>;
}
