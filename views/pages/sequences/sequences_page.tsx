import type { Wording } from "../../../src/platform/wording.ts";
import type { CountedSequence } from "../../../src/sequences/sequences.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/count.ts";
import { EmptyState } from "../../components/empty_state.tsx";
import { MainCell, Row, RowCell, RowLink } from "../../components/list/list_table.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { PlansButton } from "../../components/upgrade_notice.tsx";
import { usePage } from "../../page.tsx";
import { useTranslate } from "../../wording.ts";
import { SequenceStatus } from "./sequence_page.tsx";
import { sequenceText } from "./text.ts";

export const SEQUENCES_PATH = "/sequences";

export type SequencesPageProps = {
  sequences: CountedSequence[];
  now: Date;
  /** The smallest plan with campaigns, if the workspace's plan has none. */
  missingPlan?: Wording;
};

/** The page's main action. */
export function NewSequenceLink() {
  return (
    <ButtonLink href={`${SEQUENCES_PATH}/new`} variant="primary" icon="plus">
      {sequenceText.use().new}
    </ButtonLink>
  );
}

/** `/sequences`: the workspace's sequences. */
export function SequencesPage({ sequences, now, missingPlan }: SequencesPageProps) {
  const text = sequenceText.use();
  const { columns } = text;
  return (
    <>
      <PageLead>{text.lead}</PageLead>
      <Card flush>
        {sequences.length === 0 ? <NoSequences missingPlan={missingPlan} /> : (
          <Table
            label={text.title}
            columns={[
              { label: columns.name, class: "px-2! ps-4! text-start" },
              { label: columns.status, class: "px-2! text-start" },
              { label: columns.inside, class: "px-2! text-end" },
              { label: columns.finished, class: "px-2! text-end" },
              { label: columns.created, class: "px-2! pe-4! text-end" },
            ]}
          >
            {sequences.map((sequence) => <SequenceRow key={sequence.id} sequence={sequence} now={now} />)}
          </Table>
        )}
      </Card>
    </>
  );
}

function SequenceRow(
  { sequence: { id, name, isActive, stats, createdAt }, now }: { sequence: CountedSequence; now: Date },
) {
  const { locale } = usePage();
  return (
    <Row id={`sequence-${id}`}>
      <MainCell details={<SequenceStatus isActive={isActive} />}>
        <RowLink href={`${SEQUENCES_PATH}/${id}`}>
          <bdi>{name}</bdi>
        </RowLink>
      </MainCell>
      <RowCell>
        <SequenceStatus isActive={isActive} />
      </RowCell>
      <RowCell atEnd>{formatCount(stats.active, locale)}</RowCell>
      <RowCell atEnd>{formatCount(stats.started - stats.active, locale)}</RowCell>
      <RowCell atEnd class="whitespace-nowrap">
        <Time at={createdAt} now={now} />
      </RowCell>
    </Row>
  );
}

function NoSequences({ missingPlan }: Pick<SequencesPageProps, "missingPlan">) {
  const text = sequenceText.use();
  const translate = useTranslate();
  return (
    <EmptyState
      icon="clock"
      title={text.none}
      text={missingPlan ? text.notIncluded(translate(missingPlan)) : text.noneHint}
    >
      {missingPlan ? <PlansButton /> : null}
    </EmptyState>
  );
}
