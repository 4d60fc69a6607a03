import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextLink } from "../../components/link.tsx";
import { type ListAddress, listHref } from "../../components/list/list_address.ts";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { type AuditView, isFiltered } from "./audit_address.ts";
import { type AuditChoices, AuditFilter } from "./audit_filter.tsx";
import { AuditRow, type ShownEntry } from "./audit_row.tsx";
import { auditText } from "./text.ts";

export type AuditListProps = {
  entries: ShownEntry[];
  pages: ListPages;
  view: AuditView;
  address: ListAddress<AuditView>;
  choices: AuditChoices;
  now: Date;
};

const ID = "audit-list";

/** The entries of a log. A change of what the list shows replaces it. */
export function AuditList({ entries, pages, view, address, choices, now }: AuditListProps) {
  const text = auditText.use();
  const { event, address: origin, entry, time } = text.columns;
  const subjectName = entries[0]?.subject.name ?? null;
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={address}
      view={view}
      pages={pages}
      notice={
        <AuditFilter list={ID} address={address} view={view} choices={choices} subjectName={subjectName} />
      }
      columns={[
        { label: event },
        { label: origin, class: "md:w-36 max-lg:hidden" },
        { label: entry, atEnd: true, class: "md:w-20" },
        { label: time, sort: "-at", atEnd: true, class: "md:w-28" },
      ]}
      rows={entries.map((each) => <AuditRow key={each.id} entry={each} path={address.path} now={now} />)}
      empty={isFiltered(view)
        ? (
          <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
            <ButtonLink href={address.path}>{text.showAll}</ButtonLink>
          </EmptyState>
        )
        : <EmptyState icon="shield" title={text.none} text={text.noneHint} />}
      foot={
        <TextLink href={listHref(address, view, { path: `${address.path}.csv` })} download>
          {text.download}
        </TextLink>
      }
    />
  );
}
