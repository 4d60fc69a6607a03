import type { LoggedRequest } from "../../../src/api_access/request_log.ts";
import { Avatar } from "../../components/avatar.tsx";
import { Badge } from "../../components/badge.tsx";
import { formatDuration } from "../../components/count.ts";
import { Icon } from "../../components/icon.tsx";
import { MainCell, Row, RowCell, RowLink, TWO_LINES } from "../../components/list/list_table.tsx";
import { LogTime } from "../../components/time.tsx";
import { usePage } from "../../page.tsx";
import { REQUEST_LOG } from "./request_address.ts";
import { endpointLabel } from "./request_filter.tsx";
import { requestLogText } from "./text.ts";

/** A request in the list. */
export function RequestRow({ request }: { request: LoggedRequest }) {
  const { id, at, status, durationMs, actor } = request;
  const duration = formatDuration(durationMs, usePage().locale);
  return (
    <Row id={`request-${id}`}>
      <MainCell
        details={
          <>
            <StatusCode status={status} />
            <span>{duration}</span>
            <LogTime at={at} />
          </>
        }
      >
        <RowLink href={`${REQUEST_LOG.path}/${id}`}>
          <Operation method={request.method} endpoint={request.endpoint} />
        </RowLink>
      </MainCell>
      <RowCell>
        <StatusCode status={status} />
      </RowCell>
      <RowCell class="max-lg:hidden">
        <Caller actor={actor} />
      </RowCell>
      <RowCell atEnd class="whitespace-nowrap">{duration}</RowCell>
      <RowCell atEnd class="whitespace-nowrap">
        <LogTime at={at} />
      </RowCell>
    </Row>
  );
}

/** A method and an endpoint: "GET /projects/{id}". */
export function Operation({ method, endpoint }: { method: string; endpoint: string }) {
  const label = endpointLabel(endpoint, requestLogText.use());
  return (
    <span class="font-mono text-sm wrap-anywhere" dir="ltr">
      <span class="inline-block min-w-14 pe-2 font-semibold text-muted">{method}</span>
      {label}
    </span>
  );
}

/** A status code. Errors stand out. */
export function StatusCode({ status }: { status: number }) {
  if (status < 400) return <span>{status}</span>;
  return <Badge tone={status < 500 ? "warning" : "danger"}>{status}</Badge>;
}

/** Who called: initials for a person, and an icon for everyone else. */
export function Caller({ actor: { type, name } }: Pick<LoggedRequest, "actor">) {
  return (
    <span class="flex items-center gap-2">
      {type === "member"
        ? <Avatar name={name} size="small" />
        : (
          <span class="grid size-6 shrink-0 place-items-center rounded-full bg-sunken text-muted">
            <Icon name="key" class="size-3.5" />
          </span>
        )}
      <bdi class={`min-w-0 ${TWO_LINES}`}>{name}</bdi>
    </span>
  );
}
