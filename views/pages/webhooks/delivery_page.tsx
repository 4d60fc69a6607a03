import type { DeliveryAttempt, DeliveryDetails } from "../../../src/webhooks/deliveries.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { Icon } from "../../components/icon.tsx";
import { TextLink } from "../../components/link.tsx";
import { Instant } from "../../components/time.tsx";
import { Result } from "./delivery_list.tsx";
import { webhookText } from "./text.ts";
import { deliveryPath, WEBHOOKS_PATH } from "./webhook_address.ts";

export type DeliveryPageProps = DeliveryDetails & { now: Date };

/** `/developers/webhooks/deliveries/:id`: what was sent, and what came back at every attempt. */
export function DeliveryPage({ delivery, endpoint, body, attempts, now }: DeliveryPageProps) {
  const text = webhookText.use();
  return (
    <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
      <div class="grid min-w-0 gap-6">
        <Card title={text.details}>
          <Facts delivery={delivery} endpoint={endpoint} now={now} />
        </Card>
        <Card title={text.requestBody} note={text.requestNote}>
          <Code text={pretty(body)} />
        </Card>
      </div>
      <Card title={text.attemptsTitle} flush>
        {attempts.length > 0
          ? (
            <ol class="divide-y divide-line">
              {attempts.map((attempt) => <Attempt key={attempt.number} attempt={attempt} now={now} />)}
            </ol>
          )
          : <p class="p-4 text-muted">{text.noAttempts}</p>}
      </Card>
    </div>
  );
}

/** The page's action, unless the event is on its way. */
export function ResendAction({ id }: { id: string }) {
  return (
    <form method="post" action={`${deliveryPath(id)}/resend`}>
      <Button variant="primary" icon="restore">{webhookText.use().resend}</Button>
    </form>
  );
}

function Facts({ delivery, endpoint, now }: Pick<DeliveryPageProps, "delivery" | "endpoint" | "now">) {
  const { deliveryFacts: facts } = webhookText.use();
  const { event, eventId, createdAt, nextAttemptAt } = delivery;
  return (
    <DescriptionList
      facts={[
        { term: facts.event, value: <span class="font-mono text-sm">{event}</span> },
        { term: facts.status, value: <Result delivery={delivery} /> },
        {
          term: facts.endpoint,
          value: (
            <TextLink href={`${WEBHOOKS_PATH}/${endpoint.id}`}>
              <span dir="ltr">{new URL(endpoint.url).host}</span>
            </TextLink>
          ),
        },
        { term: facts.id, value: <span class="font-mono text-sm select-all">{eventId}</span> },
        { term: facts.created, value: <Instant at={createdAt} now={now} /> },
        ...(nextAttemptAt ? [{ term: facts.next, value: <Instant at={nextAttemptAt} now={now} /> }] : []),
      ]}
    />
  );
}

function Attempt({ attempt, now }: { attempt: DeliveryAttempt; now: Date }) {
  const text = webhookText.use();
  const { number, at, durationMs, error, responseStatus, requestHeaders, responseHeaders, responseBody } =
    attempt;
  return (
    <li class="grid gap-2 px-4 py-3">
      <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h3 class="font-medium">{text.attempt(number)}</h3>
        <span class="flex items-center gap-2 text-sm text-muted tabular-nums">
          {responseStatus
            ? <Badge tone={error ? "danger" : "success"}>{String(responseStatus)}</Badge>
            : null}
          {text.milliseconds(durationMs)}
        </span>
      </div>
      <p class="text-sm text-muted">
        <Instant at={at} now={now} />
      </p>
      {error ? <p class="text-sm text-danger">{text.errors[error] ?? error}</p> : null}
      <Part title={text.requestHeaders} content={lines(requestHeaders)} />
      {responseHeaders ? <Part title={text.responseHeaders} content={lines(responseHeaders)} /> : null}
      {responseBody === null
        ? null
        : <Part title={text.responseBody} content={responseBody || text.emptyBody} />}
    </li>
  );
}

function Part({ title, content }: { title: string; content: string }) {
  return (
    <details class="group/part">
      <summary class="flex w-fit cursor-pointer items-center gap-1 text-sm font-medium max-sm:py-2">
        {title}
        <Icon name="chevron-down" class="text-muted transition-transform group-open/part:rotate-180" />
      </summary>
      <div class="mt-1.5">
        <Code text={content} />
      </div>
    </details>
  );
}

function Code({ text }: { text: string }) {
  return (
    <pre
      class="max-h-96 overflow-auto font-mono text-sm whitespace-pre-wrap wrap-anywhere"
      dir="ltr"
      tabindex={0}
    >{text}</pre>
  );
}

function lines(headers: Record<string, string>): string {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join("\n");
}

function pretty(body: string): string {
  return JSON.stringify(JSON.parse(body), null, 2);
}
