import type { Member } from "../../../src/access/members.ts";
import { Avatar } from "../../components/avatar.tsx";
import { hx } from "../../components/hx.ts";
import { Icon } from "../../components/icon.tsx";
import {
  MainCell,
  Row,
  ROW_ACTION,
  RowCell,
  TimeCell,
  TWO_LINES,
} from "../../components/list/list_table.tsx";
import { Menu, MenuLink } from "../../components/menu.tsx";
import { Day, Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { teamText } from "./text.ts";

/** A member, and what the person who looks at the list may do with them. */
export type ListedMember = Member & { isSelf: boolean; canChange: boolean; canOffer: boolean };

/** A member in the list. */
export function MemberRow({ member, now }: { member: ListedMember; now: Date }) {
  const { id, name, email, avatarColor, joinedAt, isSelf, canChange } = member;
  const text = teamText.use();
  const hasActions = isSelf || canChange;
  return (
    <Row id={`member-${id}`}>
      <MainCell details={<MemberDetails member={member} now={now} />}>
        <span class="flex items-center gap-2.5">
          <Avatar name={name} color={avatarColor} size="small" />
          <span class={`min-w-0 font-medium ${TWO_LINES}`}>
            <bdi>{name}</bdi>
            {isSelf ? <span class="ms-1.5 font-normal text-muted">({text.you})</span> : null}
          </span>
        </span>
      </MainCell>
      <RowCell>
        <span class={TWO_LINES}>{email}</span>
      </RowCell>
      <RowCell>
        <span class={TWO_LINES}>
          <RoleName member={member} />
        </span>
      </RowCell>
      <RowCell class="whitespace-nowrap">
        <LastSeen member={member} now={now} />
      </RowCell>
      <TimeCell
        actions={hasActions ? <RowActions member={member} /> : undefined}
        menu={hasActions ? <RowMenu member={member} /> : undefined}
      >
        <Day at={joinedAt} />
      </TimeCell>
    </Row>
  );
}

/** What a phone shows below the name. */
function MemberDetails({ member, now }: { member: Member; now: Date }) {
  const text = teamText.use();
  return (
    <>
      <span class="wrap-anywhere">{member.email}</span>
      <RoleName member={member} />
      {member.lastSeenAt
        ? <span>{fill(text.seen, { time: <LastSeen member={member} now={now} /> })}</span>
        : null}
    </>
  );
}

function RoleName({ member: { role, customRole } }: { member: Member }) {
  if (role !== "custom") return <>{teamText.use().roles[role]}</>;
  return <bdi>{customRole?.name}</bdi>;
}

function LastSeen({ member: { lastSeenAt }, now }: { member: Member; now: Date }) {
  if (!lastSeenAt) return <>{teamText.use().never}</>;
  return <Time at={lastSeenAt} now={now} />;
}

/** The most frequent action, which a phone shows in the menu. */
function RowActions({ member: { id, canChange } }: { member: ListedMember }) {
  if (!canChange) return null;
  const href = `/team/${id}/role`;
  return <a href={href} class={ROW_ACTION} {...intoEditor(href)}>{teamText.use().role.action}</a>;
}

function RowMenu({ member: { id, name, isSelf, canChange, canOffer } }: { member: ListedMember }) {
  const text = teamText.use();
  const [role, offer, removal] = [`/team/${id}/role`, `/team/${id}/ownership`, `/team/${id}/removal`];
  return (
    <Menu
      label={text.actions(name)}
      summary={<Icon name="more" />}
      summaryClass="grid size-8 place-items-center text-muted hover:bg-line! pointer-coarse:size-11"
    >
      {canChange
        ? <MenuLink icon="edit" href={role} {...intoEditor(role)}>{text.role.action}</MenuLink>
        : null}
      {canOffer
        ? <MenuLink icon="arrow-right" href={offer} {...intoEditor(offer)}>{text.ownership.action}</MenuLink>
        : null}
      <MenuLink icon={isSelf ? "log-out" : "trash"} tone="danger" href={removal} {...intoEditor(removal)}>
        {isSelf ? text.removal.leaveAction : text.removal.action}
      </MenuLink>
    </Menu>
  );
}

function intoEditor(href: string) {
  return hx({ get: href, target: "#team-editor" });
}
