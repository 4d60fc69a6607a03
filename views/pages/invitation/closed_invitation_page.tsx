import { ButtonLink } from "../../components/button.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { invitationText } from "./text.ts";

/** Replaces an invitation that no longer works. */
export function ClosedInvitationPage() {
  const text = invitationText.use();
  return (
    <FormColumn title={text.closedTitle} lead={text.closedLead}>
      <p>{text.closedHow}</p>
      <div>
        <ButtonLink href="/login" size="large">{text.closedSignIn}</ButtonLink>
      </div>
    </FormColumn>
  );
}
