import type { Flash } from "../../components/alert.tsx";
import { OobToast } from "../../components/toast.tsx";
import { InvitationList, type InvitationListProps } from "./invitation_list.tsx";
import { MemberList, type MemberListProps } from "./member_list.tsx";

/** Updates the page after a change of a member: shows the list as it is now, closes the dialog, and says what happened. */
export function MembersChanged({ list, message }: { list: MemberListProps; message: Flash }) {
  return (
    <>
      <hx-partial hx-target="#member-list" hx-swap="outerMorph">
        <MemberList {...list} />
      </hx-partial>
      <hx-partial hx-target="#team-editor" hx-swap="innerHTML"></hx-partial>
      <OobToast {...message} />
    </>
  );
}

/** The same for a change of an invitation. */
export function InvitationsChanged({ list, message }: { list: InvitationListProps; message: Flash }) {
  return (
    <>
      <hx-partial hx-target="#invitation-list" hx-swap="outerMorph">
        <InvitationList {...list} />
      </hx-partial>
      <hx-partial hx-target="#team-editor" hx-swap="innerHTML"></hx-partial>
      <OobToast {...message} />
    </>
  );
}
