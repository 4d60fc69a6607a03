import type { Invitation } from "../../../src/access/invitations.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { hx } from "../../components/hx.ts";
import { Icon } from "../../components/icon.tsx";
import type { ListAddress } from "../../components/list/list_address.ts";
import { ListSearch } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import {
  MainCell,
  Row,
  ROW_ACTION,
  RowCell,
  TimeCell,
  TWO_LINES,
} from "../../components/list/list_table.tsx";
import { Menu, MenuButton } from "../../components/menu.tsx";
import { Day } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { teamText } from "./text.ts";

export type InvitationView = { search: string };

export type InvitationListProps = {
  invitations: Invitation[];
  pages: ListPages;
  view: InvitationView;
  now: Date;
};

/** The list of invitations, the newest first. */
export const INVITATIONS: ListAddress<InvitationView> = { path: "/team/invitations", defaults: {} };

const ID = "invitation-list";

/** The list. A change of an invitation, or of what the list shows, replaces it. */
export function InvitationList({ invitations, pages, view, now }: InvitationListProps) {
  const { invitations: text } = teamText.use();
  const { email, role, invitedBy, until } = text.columns;
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={INVITATIONS}
      view={view}
      pages={pages}
      filter={<ListSearch list={ID} address={INVITATIONS} view={view} label={text.search} />}
      columns={[
        { label: email },
        { label: role, class: "md:w-24" },
        { label: invitedBy, class: "md:w-[22%]" },
        { label: until, atEnd: true, class: "md:w-52" },
      ]}
      rows={invitations.map((invitation) => (
        <InvitationRow key={invitation.id} invitation={invitation} now={now} />
      ))}
      empty={<NoInvitations isFiltered={view.search !== ""} />}
    />
  );
}

function NoInvitations({ isFiltered }: { isFiltered: boolean }) {
  const { invitations: text } = teamText.use();
  if (!isFiltered) return <EmptyState icon="inbox" title={text.none} text={text.noneHint} />;
  return (
    <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
      <ButtonLink href={INVITATIONS.path}>{text.showAll}</ButtonLink>
    </EmptyState>
  );
}

function InvitationRow({ invitation, now }: { invitation: Invitation; now: Date }) {
  const { id, email, invitedBy } = invitation;
  const text = teamText.use();
  const until = <Until invitation={invitation} now={now} />;
  return (
    <Row id={`invitation-${id}`}>
      <MainCell
        details={
          <>
            <span>
              <InvitedRole invitation={invitation} />
            </span>
            <span>{isExpired(invitation, now) ? until : fill(text.invitations.until, { day: until })}</span>
          </>
        }
      >
        <span class={`font-medium ${TWO_LINES}`}>{email}</span>
      </MainCell>
      <RowCell>
        <span class={TWO_LINES}>
          <InvitedRole invitation={invitation} />
        </span>
      </RowCell>
      <RowCell>
        <span class={TWO_LINES}>
          <bdi>{invitedBy ?? text.invitations.system}</bdi>
        </span>
      </RowCell>
      <TimeCell actions={<RowActions id={id} />} menu={<RowMenu id={id} email={email} />}>{until}</TimeCell>
    </Row>
  );
}

function InvitedRole({ invitation: { role, customRole } }: { invitation: Invitation }) {
  if (role !== "custom") return <>{teamText.use().roles[role]}</>;
  return <bdi>{customRole?.name}</bdi>;
}

/** A badge for an expired invitation. */
function Until({ invitation, now }: { invitation: Invitation; now: Date }) {
  if (isExpired(invitation, now)) return <Badge tone="warning">{teamText.use().invitations.expired}</Badge>;
  return <Day at={invitation.expiresAt} />;
}

function isExpired({ expiresAt }: Invitation, now: Date): boolean {
  return expiresAt <= now;
}

/** The two actions, which a phone shows in the menu. */
function RowActions({ id }: { id: string }) {
  const { invitations: text } = teamText.use();
  return (
    <>
      <form {...changing(id, "resend")}>
        <button type="submit" class={ROW_ACTION}>{text.resend}</button>
      </form>
      <form {...changing(id, "revoke")}>
        <button type="submit" class={ROW_ACTION}>{text.revoke}</button>
      </form>
    </>
  );
}

function RowMenu({ id, email }: { id: string; email: string }) {
  const { invitations: text } = teamText.use();
  return (
    <Menu
      label={text.actions(email)}
      summary={<Icon name="more" />}
      summaryClass="grid size-8 place-items-center text-muted hover:bg-line! pointer-coarse:size-11"
    >
      <form {...changing(id, "resend")}>
        <MenuButton icon="restore">{text.resend}</MenuButton>
      </form>
      <form {...changing(id, "revoke")}>
        <MenuButton icon="trash" tone="danger">{text.revoke}</MenuButton>
      </form>
    </Menu>
  );
}

function changing(id: string, verb: "resend" | "revoke") {
  const action = `/team/invitations/${id}/${verb}`;
  return { method: "post" as const, action, ...hx({ post: action, target: "#flash", swap: "none" }) };
}
