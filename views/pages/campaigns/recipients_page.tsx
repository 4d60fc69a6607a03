import type { ListedRecipient } from "../../../src/campaigns/recipient_list.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { ListSearch } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { MainCell, Row, RowCell, RowLink } from "../../components/list/list_table.tsx";
import { Time } from "../../components/time.tsx";
import { recipientsOf, type RecipientView, SHOWN_STATES } from "./address.ts";
import { campaignText } from "./text.ts";

export type RecipientListProps = {
  campaignId: string;
  recipients: ListedRecipient[];
  pages: ListPages;
  counts: Record<string, number> | null;
  view: RecipientView;
  now: Date;
};

const ID = "recipient-list";
const TONES: Partial<Record<ListedRecipient["state"], Tone>> = {
  failed: "danger",
  unknown: "warning",
  skipped: "neutral",
};

/** `/campaigns/:id/recipients`: who got the campaign, and who didn't. */
export function RecipientList({ campaignId, recipients, pages, counts, view, now }: RecipientListProps) {
  const text = campaignText.use();
  const { contact, state, reason, sent, clicked } = text.recipientColumns;
  const address = recipientsOf(campaignId);
  return (
    <ListPanel
      id={ID}
      label={text.recipients}
      address={address}
      view={view}
      pages={pages}
      tabs={{
        name: "state",
        label: text.filterByState,
        counts,
        options: SHOWN_STATES.map((value) => ({ value, label: text.states[value] })),
      }}
      filter={<ListSearch list={ID} address={address} view={view} label={text.searchRecipients} />}
      columns={[
        { label: contact },
        { label: state, class: "md:w-28" },
        { label: reason, class: "max-lg:hidden" },
        { label: sent, atEnd: true, class: "md:w-28" },
        { label: clicked, atEnd: true, class: "md:w-28 max-lg:hidden" },
      ]}
      rows={recipients.map((recipient) => (
        <RecipientRow
          key={recipient.id}
          recipient={recipient}
          now={now}
        />
      ))}
      empty={
        <EmptyState icon="search" title={text.noRecipients} text={text.noRecipientsHint}>
          <ButtonLink href={address.path}>{text.showAllRecipients}</ButtonLink>
        </EmptyState>
      }
    />
  );
}

function RecipientRow({ recipient, now }: { recipient: ListedRecipient; now: Date }) {
  const text = campaignText.use();
  const { id, contactId, email, name, state, reason, sentAt, clickedAt } = recipient;
  const tone = TONES[state];
  const label = tone ? <Badge tone={tone}>{text.states[state]}</Badge> : text.states[state];
  return (
    <Row id={`recipient-${id}`}>
      <MainCell details={label}>
        {email === null
          ? <span class="text-muted">{text.deletedContact}</span>
          : (
            <RowLink href={`/contacts/${contactId}`}>
              <bdi>{email}</bdi>
            </RowLink>
          )}
        {name
          ? (
            <span class="block text-sm text-muted">
              <bdi>{name}</bdi>
            </span>
          )
          : null}
      </MainCell>
      <RowCell>{label}</RowCell>
      <RowCell class="max-lg:hidden wrap-anywhere">{reason ? text.reasons[reason] ?? reason : ""}</RowCell>
      <RowCell atEnd class="whitespace-nowrap">{sentAt ? <Time at={sentAt} now={now} /> : ""}</RowCell>
      <RowCell atEnd class="whitespace-nowrap max-lg:hidden">
        {clickedAt ? <Time at={clickedAt} now={now} /> : ""}
      </RowCell>
    </Row>
  );
}
