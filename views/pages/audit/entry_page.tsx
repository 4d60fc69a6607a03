import type { Child } from "hono/jsx";
import type { FieldChange } from "../../../src/audit/entry.ts";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { TextLink } from "../../components/link.tsx";
import { type ListAddress, listHref } from "../../components/list/list_address.ts";
import { Cell, Table } from "../../components/table.tsx";
import { Instant } from "../../components/time.tsx";
import type { AuditView } from "./audit_address.ts";
import { ActorMark, ActorName, type ShownEntry, Summary } from "./audit_row.tsx";
import { auditText } from "./text.ts";

type EntryPageProps = {
  entry: ShownEntry;
  address: ListAddress<AuditView>;
  /** The subject's page, unless it was deleted. */
  subjectHref?: string;
  isSubjectGone?: boolean;
  now: Date;
};

/** `/audit/:id`: who did what, from where, and what it changed. */
export function EntryPage(props: EntryPageProps) {
  const { changes } = props.entry;
  const text = auditText.use();
  return (
    <div class="grid items-start gap-6 lg:grid-cols-2">
      <Card title={text.facts}>
        <EntryFacts {...props} />
      </Card>
      <Card title={text.changes} flush>
        {changes.length > 0
          ? <Changes changes={changes} />
          : <p class="px-4 py-6 text-center text-muted">{text.noChanges}</p>}
      </Card>
    </div>
  );
}

function EntryFacts({ entry, address, subjectHref, isSubjectGone, now }: EntryPageProps) {
  const text = auditText.use();
  const { actor, summary, subject, job } = entry;
  const who = (
    <span class="flex items-center gap-2">
      <ActorMark actor={actor} />
      <span class="min-w-0 wrap-anywhere">
        <ActorName actor={actor} />
      </span>
    </span>
  );
  const subjectName = subject.name === null
    ? <span class="text-muted">{text.erased}</span>
    : <SubjectName name={subject.name} href={subjectHref} isGone={isSubjectGone} />;
  const all = subject.id && subject.name !== null
    ? listHref(address, { ...NOTHING_CHOSEN, subject: subject.id })
    : undefined;
  return (
    <>
      <DescriptionList
        facts={[
          { term: text.who, value: who },
          { term: text.actorKind, value: text.kinds[actor.kind] },
          { term: text.what, value: <Summary parts={summary} /> },
          { term: text.subject, value: subjectName },
          { term: text.when, value: <Instant at={entry.at} now={now} /> },
          ...Object.entries(entry.details).map(([name, value]) => ({
            term: nameOf(name, text),
            value: <Value value={value} />,
          })),
          { term: text.address, value: entry.address ?? <Muted>{text.hidden}</Muted> },
          {
            term: text.request,
            value: entry.requestId ? <Code>{entry.requestId}</Code> : <Muted>{text.hidden}</Muted>,
          },
          ...(job ? [{ term: text.job, value: <Code>{job}</Code> }] : []),
        ]}
      />
      {all
        ? (
          <p class="mt-4 border-t border-line pt-3">
            <TextLink href={all} dir="auto">{text.allAbout(subject.name!)}</TextLink>
          </p>
        )
        : null}
    </>
  );
}

const NOTHING_CHOSEN: AuditView = {
  actor: "all",
  action: "all",
  subject: "",
  since: "",
  until: "",
  sort: "-at",
};

function SubjectName({ name, href, isGone }: { name: string; href?: string; isGone?: boolean }) {
  if (href && !isGone) {
    return (
      <TextLink href={href}>
        <bdi>{name}</bdi>
      </TextLink>
    );
  }
  return (
    <>
      <bdi>{name}</bdi>
      {isGone ? <span class="ms-2 text-muted">{auditText.use().deleted}</span> : null}
    </>
  );
}

/** Each changed field with its values before and after. */
function Changes({ changes }: { changes: FieldChange[] }) {
  const text = auditText.use();
  return (
    <Table
      label={text.changes}
      columns={[
        { label: text.field, class: "w-1/4 text-start" },
        { label: text.before, class: "text-start" },
        { label: text.after, class: "text-start" },
      ]}
    >
      {changes.map(({ field, before, after }) => (
        <tr key={field}>
          <Cell class="align-top font-medium">
            {field === null ? text.value : nameOf(field, text)}
            <dl class="mt-1 grid grid-cols-[4rem_minmax(0,1fr)] gap-x-2 font-normal md:hidden">
              <dt class="text-muted">{text.before}</dt>
              <dd class="wrap-anywhere">
                <Value value={before} />
              </dd>
              <dt class="text-muted">{text.after}</dt>
              <dd class="wrap-anywhere">
                <Value value={after} />
              </dd>
            </dl>
          </Cell>
          <Cell wideOnly class="align-top text-muted wrap-anywhere">
            <Value value={before} />
          </Cell>
          <Cell wideOnly class="align-top wrap-anywhere">
            <Value value={after} />
          </Cell>
        </tr>
      ))}
    </Table>
  );
}

function nameOf(field: string, text: ReturnType<typeof auditText.use>): string {
  return text.fields[field] ?? text.fieldName(field);
}

/** A value as it was recorded. */
function Value({ value }: { value: unknown }) {
  const text = auditText.use();
  if (value === undefined) return <Muted>{text.notRecorded}</Muted>;
  if (value === null || value === "") return <Muted>{text.empty}</Muted>;
  if (typeof value === "boolean") return <>{value ? text.yes : text.no}</>;
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) {
    return value.length === 0 ? <Muted>{text.empty}</Muted> : <span dir="auto">{value.join(", ")}</span>;
  }
  if (typeof value === "object") return <Code>{JSON.stringify(value)}</Code>;
  return <span dir="auto">{String(value)}</span>;
}

function Muted({ children }: { children?: Child }) {
  return <span class="text-muted">{children}</span>;
}

function Code({ children }: { children?: Child }) {
  return <code class="text-sm wrap-anywhere">{children}</code>;
}
