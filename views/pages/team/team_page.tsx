// htmx requests parts of these pages: a list for `#member-list` or `#invitation-list`, a dialog for `#team-editor`. A form with
// errors is returned with 422. After a change, the response is MembersChanged or InvitationsChanged.
import { ButtonLink } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { InvitationList, type InvitationListProps } from "./invitation_list.tsx";
import { MemberList, type MemberListProps } from "./member_list.tsx";
import { teamText } from "./text.ts";

/** `/team`: the workspace's members. */
export function TeamPage(list: MemberListProps) {
  return (
    <>
      <MemberList {...list} />
      <TeamEditor />
    </>
  );
}

/** `/team/invitations`: the people who haven't accepted yet. */
export function InvitationsPage(list: InvitationListProps) {
  return (
    <>
      <InvitationList {...list} />
      <TeamEditor />
    </>
  );
}

/** The pages' main action. */
export function InviteLink() {
  const href = "/team/invitations/new";
  return (
    <ButtonLink href={href} variant="primary" icon="plus" {...hx({ get: href, target: "#team-editor" })}>
      {teamText.use().invitations.new}
    </ButtonLink>
  );
}

function TeamEditor() {
  return <div id="team-editor"></div>;
}
