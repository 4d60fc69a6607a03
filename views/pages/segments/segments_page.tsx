import type { Segment } from "../../../src/contacts/segments.ts";
import type { Wording } from "../../../src/platform/wording.ts";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import type { ListAddress } from "../../components/list/list_address.ts";
import { ListSearch } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { MainCell, Row, RowCell, RowLink, TWO_LINES } from "../../components/list/list_table.tsx";
import { Time } from "../../components/time.tsx";
import { PlansButton } from "../../components/upgrade_notice.tsx";
import { useTranslate } from "../../wording.ts";
import { ContactsNav } from "../contacts/contacts_nav.tsx";
import { segmentText } from "./text.ts";

export type SegmentView = { search: string; sort: string };

export const SEGMENTS: ListAddress<SegmentView> = { path: "/segments", defaults: { sort: "name" } };

export type SegmentListProps = {
  segments: Segment[];
  pages: ListPages;
  view: SegmentView;
  now: Date;
  missingPlan?: Wording;
};

/** `/segments`: the saved selections of contacts. */
export function SegmentsPage(list: SegmentListProps) {
  return (
    <>
      <ContactsNav current="segments" />
      <SegmentList {...list} />
    </>
  );
}

export function NewSegmentLink() {
  return <ButtonLink href="/segments/new" variant="primary" icon="plus">{segmentText.use().new}</ButtonLink>;
}

export function SegmentActions({ id }: { id: string }) {
  return <ButtonLink href={`/segments/${id}/delete`} icon="trash">{segmentText.use().remove}</ButtonLink>;
}

export function SegmentList({ segments, pages, view, now, missingPlan }: SegmentListProps) {
  const text = segmentText.use();
  const { name, conditions, updated } = text.columns;
  return (
    <ListPanel
      id="segment-list"
      label={text.title}
      address={SEGMENTS}
      view={view}
      pages={pages}
      filter={<ListSearch list="segment-list" address={SEGMENTS} view={view} label={text.search} />}
      columns={[
        { label: name, sort: "name" },
        { label: conditions, class: "md:w-40" },
        { label: updated, atEnd: true, class: "md:w-44" },
      ]}
      rows={segments.map(({ id, name, filter, updatedAt }) => (
        <Row key={id} id={`segment-${id}`}>
          <MainCell details={text.conditionCount(filter.conditions.length)}>
            <p class={TWO_LINES}>
              <RowLink href={`/segments/${id}`}>
                <bdi>{name}</bdi>
              </RowLink>
            </p>
          </MainCell>
          <RowCell>{text.conditionCount(filter.conditions.length)}</RowCell>
          <RowCell atEnd class="whitespace-nowrap">
            <Time at={updatedAt} now={now} />
          </RowCell>
        </Row>
      ))}
      empty={view.search
        ? <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint} />
        : <NoSegments missingPlan={missingPlan} />}
    />
  );
}

function NoSegments({ missingPlan }: Pick<SegmentListProps, "missingPlan">) {
  const text = segmentText.use();
  const translate = useTranslate();
  return (
    <EmptyState
      icon="layers"
      title={text.none.title}
      text={missingPlan ? text.notIncluded(translate(missingPlan)) : text.none.text}
    >
      {missingPlan ? <PlansButton /> : null}
    </EmptyState>
  );
}
