import type { Member } from "../../../src/access/members.ts";
import { Avatar } from "../../components/avatar.tsx";
import { MainCell, Row, RowCell, TWO_LINES } from "../../components/list/list_table.tsx";
import { Day, Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { teamText } from "./text.ts";

/** A member in the list. */
export function MemberRow({ member, now }: { member: Member; now: Date }) {
  const { id, name, email, avatarColor, joinedAt } = member;
  return (
    <Row id={`member-${id}`}>
      <MainCell details={<MemberDetails member={member} now={now} />}>
        <span class="flex items-center gap-2.5">
          <Avatar name={name} color={avatarColor} size="small" />
          <span class={`min-w-0 font-medium ${TWO_LINES}`}>
            <bdi>{name}</bdi>
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
      <RowCell atEnd class="whitespace-nowrap">
        <Day at={joinedAt} />
      </RowCell>
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
