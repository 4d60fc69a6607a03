import type { Member } from "../../../src/access/members.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { hx } from "../../components/hx.ts";
import { EmptyRow, MoreRow, Table } from "../../components/table.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { type MemberQuery, teamHref } from "./member_query.ts";
import { MemberRow } from "./member_row.tsx";

export type MemberListProps = { members: Member[]; nextCursor: string | null; query: MemberQuery };

/** The htmx attributes of what replaces the list. */
export const LIST_SWAP = { target: "#member-list", swap: "outerHTML", pushUrl: "true" };

const COLUMNS = [{ label: "Name" }, { label: "Email" }, { label: "Role" }, { label: "Joined" }];

const ROLES = [
  { role: "all", label: "All" },
  { role: "owner", label: "Owners" },
  { role: "admin", label: "Admins" },
  { role: "member", label: "Members" },
  { role: "viewer", label: "Viewers" },
] as const;

/** The list with its role tabs: what search, tabs and sorting replace. */
export function MemberList(props: MemberListProps) {
  const { query } = props;
  const tabs = ROLES.map(({ role, label }) => {
    const href = teamHref({ ...query, role });
    return { label, href, current: query.role === role, attributes: hx({ get: href, ...LIST_SWAP }) };
  });
  return (
    <Card id="member-list" flush>
      {query.role === "all"
        ? null
        : <input type="hidden" name="role" value={query.role} form="member-filter" />}
      <Tabs label="Filter by role" tabs={tabs} />
      <Table label="Members" columns={COLUMNS} bodyId="member-rows">
        <MemberRows {...props} />
        <EmptyRow columns={COLUMNS.length}>
          <EmptyState icon="search" title="No matching members" text="Try another word, or show all members.">
            <ButtonLink href="/team">Show all members</ButtonLink>
          </EmptyState>
        </EmptyRow>
      </Table>
    </Card>
  );
}

/** One page of rows, and at its end the row that fetches the next when it comes into view. */
export function MemberRows({ members, nextCursor, query }: MemberListProps) {
  return (
    <>
      {members.map((member) => <MemberRow key={member.id} member={member} />)}
      {nextCursor
        ? <MoreRow id="more-members" href={teamHref(query, nextCursor)} columns={COLUMNS.length} />
        : null}
    </>
  );
}
