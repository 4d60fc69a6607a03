import type { Child } from "hono/jsx";
import type { LoggedRequest } from "../../../src/api_access/request_log.ts";
import { Card } from "../../components/card.tsx";
import { formatDuration } from "../../components/count.ts";
import { DescriptionList } from "../../components/description_list.tsx";
import { TextLink } from "../../components/link.tsx";
import { listHref } from "../../components/list/list_address.ts";
import { Instant } from "../../components/time.tsx";
import { usePage } from "../../page.tsx";
import { EVERY_REQUEST, REQUEST_LOG } from "./request_address.ts";
import { Caller, Operation, StatusCode } from "./request_row.tsx";
import { requestLogText } from "./text.ts";

/** `/developers/logs/:id`: everything that is known about one API call. */
export function RequestPage({ request, now }: { request: LoggedRequest; now: Date }) {
  const text = requestLogText.use();
  return (
    <div class="grid items-start gap-6 lg:grid-cols-2">
      <Card title={text.facts}>
        <RequestFacts request={request} now={now} />
      </Card>
      <Card title={text.caller}>
        <CallerFacts request={request} />
      </Card>
    </div>
  );
}

function RequestFacts({ request, now }: { request: LoggedRequest; now: Date }) {
  const text = requestLogText.use();
  const { id, at, method, endpoint, status, durationMs, errorCode } = request;
  return (
    <>
      <DescriptionList
        facts={[
          { term: text.request, value: <Operation method={method} endpoint={endpoint} /> },
          { term: text.status, value: <StatusCode status={status} /> },
          ...(errorCode ? [{ term: text.error, value: <Code>{errorCode}</Code> }] : []),
          { term: text.time, value: <Instant at={at} now={now} /> },
          { term: text.duration, value: formatDuration(durationMs, usePage().locale) },
          { term: text.id, value: <Code>{id}</Code> },
        ]}
      />
      <MoreLink href={listHref(REQUEST_LOG, { ...EVERY_REQUEST, method, endpoint })}>
        {text.sameEndpoint}
      </MoreLink>
    </>
  );
}

function CallerFacts({ request: { actor, ipAddress } }: { request: LoggedRequest }) {
  const text = requestLogText.use();
  return (
    <>
      <DescriptionList
        facts={[
          { term: text.name, value: <Caller actor={actor} /> },
          { term: text.type, value: text.types[actor.type] ?? actor.type },
          { term: text.address, value: ipAddress ?? <span class="text-muted">{text.hidden}</span> },
        ]}
      />
      <MoreLink href={listHref(REQUEST_LOG, { ...EVERY_REQUEST, actor: actor.id })}>
        {text.sameCaller(actor.name)}
      </MoreLink>
    </>
  );
}

function MoreLink({ href, children }: { href: string; children?: Child }) {
  return (
    <p class="mt-4 border-t border-line pt-3">
      <TextLink href={href} dir="auto">{children}</TextLink>
    </p>
  );
}

function Code({ children }: { children?: Child }) {
  return <code class="text-sm wrap-anywhere">{children}</code>;
}
