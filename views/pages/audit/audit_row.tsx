import type { LogEntry } from "../../../src/audit/entry.ts";
import type { SummaryPart } from "../../components/activity_list.tsx";
import { Avatar } from "../../components/avatar.tsx";
import { Icon } from "../../components/icon.tsx";
import { MainCell, Row, RowCell, RowLink, TWO_LINES } from "../../components/list/list_table.tsx";
import { Time } from "../../components/time.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { auditText } from "./text.ts";

/** An entry with its sentence. */
export type ShownEntry = LogEntry & { summary: SummaryPart[] };

/** An entry in the list. */
export function AuditRow({ entry, path, now }: { entry: ShownEntry; path: string; now: Date }) {
  const { id, at, actor, summary, address } = entry;
  return (
    <Row id={`entry-${id}`}>
      <MainCell
        details={
          <span class="ms-8.5 flex flex-wrap gap-x-3">
            <Time at={at} now={now} />
            <span>{address}</span>
          </span>
        }
      >
        <span class="flex items-center gap-2.5">
          <ActorMark actor={actor} />
          <span class={`min-w-0 ${TWO_LINES}`}>
            <RowLink href={`${path}/${id}`}>
              <ActorName actor={actor} /> <Summary parts={summary} />
            </RowLink>
          </span>
        </span>
      </MainCell>
      <RowCell class="max-lg:hidden">
        <span class={TWO_LINES}>{address}</span>
      </RowCell>
      <RowCell atEnd>{useEntryNumber(entry)}</RowCell>
      <RowCell atEnd class="whitespace-nowrap">
        <Time at={at} now={now} />
      </RowCell>
    </Row>
  );
}

/** Initials for a person, and an icon for everyone else. */
export function ActorMark({ actor: { kind, name } }: { actor: LogEntry["actor"] }) {
  if (kind === "member" && name !== null) return <Avatar name={name} size="small" />;
  const icon = kind === "staff" || kind === "acting"
    ? "shield"
    : kind === "job"
    ? "clock"
    : kind === "key"
    ? "key"
    : "settings";
  return (
    <span class="grid size-6 shrink-0 place-items-center rounded-full bg-sunken text-muted">
      <Icon name={icon} class="size-3.5" />
    </span>
  );
}

/** The actor's name. For staff or an API key that acted for a member, both names. */
export function ActorName({ actor: { name, staff, key } }: { actor: LogEntry["actor"] }) {
  const text = auditText.use();
  if (name === null) return <span class="text-muted">{text.erased}</span>;
  const own = <bdi>{name}</bdi>;
  if (key !== null) return <>{fill(text.keyOf, { key: <bdi>{key.name}</bdi>, member: own })}</>;
  return staff === null ? own : <>{fill(text.staffFor, { staff: <bdi>{staff}</bdi>, member: own })}</>;
}

/** What happened, with the names in it standing out. */
export function Summary({ parts }: { parts: SummaryPart[] }) {
  return (
    <span class="font-normal text-muted">
      {parts.map(({ text, isName }) => isName ? <bdi key={text} class="text-ink">{text}</bdi> : text)}
    </span>
  );
}

/** "1,204". */
export function useEntryNumber({ sequence }: { sequence: number }): string {
  return formatsOf(usePage().locale).count.format(sequence);
}
