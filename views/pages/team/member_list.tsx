import type { MembershipRole } from "../../../src/access/members.ts";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextLink } from "../../components/link.tsx";
import type { ListAddress } from "../../components/list/list_address.ts";
import { ListSearch } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { type ListedMember, MemberRow } from "./member_row.tsx";
import { teamText } from "./text.ts";

/** `role` is a built-in role, `custom`, or the id of a role of the workspace's own. */
export type MemberView = { search: string; role: string; sort: string };

export type MemberListProps = {
  members: ListedMember[];
  pages: ListPages;
  /** The number of members on each tab. */
  counts: Record<"all" | MembershipRole, number> | null;
  view: MemberView;
  now: Date;
  canManage: boolean;
  /** The number of people who are invited. Zero for people who may not see them. */
  invited: number;
  /** The open offer of ownership, for the two people that it is about. */
  offer: OfferNoticeProps | null;
};

export type OfferNoticeProps = { isReceived: boolean; name: string };

/** The list of members. It starts with all of them, by name. */
export const MEMBERS: ListAddress<MemberView> = { path: "/team", defaults: { role: "all", sort: "name" } };

const ID = "member-list";
const TABS = ["all", "owner", "admin", "member", "viewer", "custom"] as const;

/** The list with its tabs. A change of a member, or of what the list shows, replaces it. */
export function MemberList(
  { members, pages, counts, view, now, canManage, invited, offer }: MemberListProps,
) {
  const text = teamText.use();
  const { name, email, role, seen, joined } = text.columns;
  const hasCustom = Boolean(counts?.custom) || view.role === "custom";
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={MEMBERS}
      view={view}
      pages={pages}
      tabs={{
        name: "role",
        label: text.filterByRole,
        counts,
        options: TABS.filter((value) => value !== "custom" || hasCustom)
          .map((value) => ({ value, label: text.tabs[value] })),
      }}
      filter={<ListSearch list={ID} address={MEMBERS} view={view} label={text.search} />}
      notice={
        <>
          {offer ? <OfferNotice {...offer} /> : null}
          {invited > 0 ? <InvitationsNotice invited={invited} /> : null}
        </>
      }
      columns={[
        { label: name, sort: "name", class: "md:w-[28%]" },
        { label: email },
        { label: role, class: "md:w-24" },
        { label: seen, class: "md:w-28" },
        { label: joined, sort: "-joined_at", atEnd: true, class: "md:w-44" },
      ]}
      rows={members.map((member) => <MemberRow key={member.id} member={member} now={now} />)}
      empty={
        <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
          <ButtonLink href={MEMBERS.path}>{text.showAll}</ButtonLink>
        </EmptyState>
      }
      foot={canManage ? <TextLink href="/team/domains">{text.domains.link}</TextLink> : undefined}
    />
  );
}

function InvitationsNotice({ invited }: { invited: number }) {
  const { invitations: text } = teamText.use();
  return <Notice text={text.open(invited)} href="/team/invitations" link={text.see} />;
}

function OfferNotice({ isReceived, name }: OfferNoticeProps) {
  const { ownership: text } = teamText.use();
  const said = isReceived ? text.noticeReceived(name) : text.noticeSent(name);
  return <Notice text={said} href="/team/ownership" link={text.see} />;
}

function Notice({ text, href, link }: { text: string; href: string; link: string }) {
  return (
    <p class="border-b border-line bg-canvas px-4 py-2 text-sm text-muted wrap-anywhere">
      {text} <TextLink href={href}>{link}</TextLink>
    </p>
  );
}
