import type { SuppressedAddress } from "../../../src/email/suppression.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { Cell, EmptyRow, MoreRow, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";

export type SuppressionListProps = {
  addresses: SuppressedAddress[];
  nextCursor: string | null;
  search: string;
  now: Date;
};

const COLUMNS = [
  { label: "Address" },
  { label: "Reason" },
  { label: "Since" },
  { label: "Actions", hiddenLabel: true },
];

const REASONS: Record<SuppressedAddress["reason"], { label: string; tone: Tone }> = {
  bounce: { label: "Bounced", tone: "warning" },
  complaint: { label: "Marked as spam", tone: "danger" },
  manual: { label: "Added manually", tone: "neutral" },
};

/** The list. Searching replaces it. */
export function SuppressionList(list: SuppressionListProps) {
  return (
    <Card id="suppression-list" flush>
      <Table label="Suppressed addresses" columns={COLUMNS}>
        <SuppressionRows {...list} />
        <EmptyRow columns={COLUMNS.length}>
          <NoAddresses search={list.search} />
        </EmptyRow>
      </Table>
    </Card>
  );
}

/** One page of rows. The last row fetches the next page when it scrolls into view. */
export function SuppressionRows({ addresses, nextCursor, search, now }: SuppressionListProps) {
  return (
    <>
      {addresses.map((suppressed) => (
        <SuppressionRow
          key={suppressed.id}
          suppressed={suppressed}
          now={now}
        />
      ))}
      {nextCursor
        ? (
          <MoreRow
            id="more-suppressions"
            href={`/admin/suppressions?${new URLSearchParams({
              ...(search ? { search } : {}),
              cursor: nextCursor,
            })}`}
            columns={COLUMNS.length}
          />
        )
        : null}
    </>
  );
}

/** The reason for the suppression, in a badge. */
export function ReasonBadge({ reason }: { reason: SuppressedAddress["reason"] }) {
  const { label, tone } = REASONS[reason];
  return <Badge tone={tone}>{label}</Badge>;
}

function SuppressionRow({ suppressed, now }: { suppressed: SuppressedAddress; now: Date }) {
  const { id, address, reason, detail, createdAt } = suppressed;
  return (
    <tr id={`suppression-${id}`} class="transition-colors hover:bg-canvas">
      <Cell class="w-full max-w-0">
        <p class="truncate font-medium">{address}</p>
        {detail ? <p class="line-clamp-2 text-sm text-muted wrap-anywhere">{detail}</p> : null}
        <p class="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted md:hidden">
          <ReasonBadge reason={reason} />
          <Time at={createdAt} now={now} />
        </p>
      </Cell>
      <Cell wideOnly>
        <ReasonBadge reason={reason} />
      </Cell>
      <Cell wideOnly class="whitespace-nowrap text-muted">
        <Time at={createdAt} now={now} />
      </Cell>
      <Cell class="text-right">
        <ButtonLink href={`/admin/suppressions/${id}/release`} size="small" aria-label={`Release ${address}`}>
          Release
        </ButtonLink>
      </Cell>
    </tr>
  );
}

function NoAddresses({ search }: { search: string }) {
  if (search) {
    return (
      <EmptyState icon="search" title="No matching addresses" text="Try another part of the address.">
        <ButtonLink href="/admin/suppressions">Show all addresses</ButtonLink>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="inbox"
      title="No suppressed addresses"
      text="Addresses that bounce or report spam will be listed here."
    />
  );
}
