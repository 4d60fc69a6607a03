import type { SuppressedAddress } from "../../../src/email/suppression.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import type { ListAddress } from "../../components/list/list_address.ts";
import { ListSearch } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { ABOVE_ROW_LINK, MainCell, Row, RowCell } from "../../components/list/list_table.tsx";
import { Time } from "../../components/time.tsx";
import { adminText } from "./text.ts";

export type SuppressionView = { search: string };

export type SuppressionListProps = {
  addresses: SuppressedAddress[];
  pages: ListPages;
  view: SuppressionView;
  now: Date;
};

const SUPPRESSIONS: ListAddress<SuppressionView> = { path: "/admin/suppressions", defaults: {} };
const ID = "suppression-list";

const TONES: Record<SuppressedAddress["reason"], Tone> = {
  bounce: "warning",
  complaint: "danger",
  manual: "neutral",
};

/** The list. Searching replaces it. */
export function SuppressionList({ addresses, pages, view, now }: SuppressionListProps) {
  const { suppressions: text } = adminText.use();
  const { address, reason, since } = text.columns;
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={SUPPRESSIONS}
      view={view}
      pages={pages}
      filter={<ListSearch list={ID} address={SUPPRESSIONS} view={view} label={text.search} />}
      columns={[
        { label: address },
        { label: reason, class: "md:w-40" },
        { label: since, atEnd: true, class: "md:w-28" },
        { label: text.release, hiddenLabel: true, class: "md:w-28" },
      ]}
      rows={addresses.map((each) => <SuppressionRow key={each.id} suppressed={each} now={now} />)}
      empty={<NoAddresses search={view.search} />}
    />
  );
}

/** The reason for the suppression, in a badge. */
export function ReasonBadge({ reason }: { reason: SuppressedAddress["reason"] }) {
  return <Badge tone={TONES[reason]}>{adminText.use().suppressions.reasons[reason]}</Badge>;
}

function SuppressionRow({ suppressed, now }: { suppressed: SuppressedAddress; now: Date }) {
  const { id, address, reason, detail, tenantIds, createdAt } = suppressed;
  const text = adminText.use().suppressions;
  return (
    <Row id={`suppression-${id}`}>
      <MainCell
        details={
          <>
            <ReasonBadge reason={reason} />
            <Time at={createdAt} now={now} />
          </>
        }
      >
        <p class="truncate font-medium">{address}</p>
        {tenantIds ? <p class="text-sm text-muted">{text.campaignsOnly(tenantIds.length)}</p> : null}
        {detail ? <p class="line-clamp-2 text-sm text-muted wrap-anywhere" dir="auto">{detail}</p> : null}
      </MainCell>
      <RowCell>
        <ReasonBadge reason={reason} />
      </RowCell>
      <RowCell atEnd class="whitespace-nowrap">
        <Time at={createdAt} now={now} />
      </RowCell>
      <RowCell atEnd always>
        <ButtonLink
          href={`${SUPPRESSIONS.path}/${id}/release`}
          size="small"
          class={ABOVE_ROW_LINK}
          aria-label={text.releaseAddress(address)}
        >
          {text.release}
        </ButtonLink>
      </RowCell>
    </Row>
  );
}

function NoAddresses({ search }: { search: string }) {
  const { suppressions: text } = adminText.use();
  if (!search) return <EmptyState icon="inbox" title={text.none} text={text.noneHint} />;
  return (
    <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
      <ButtonLink href={SUPPRESSIONS.path}>{text.showAll}</ButtonLink>
    </EmptyState>
  );
}
