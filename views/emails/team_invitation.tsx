import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmailText } from "./text.ts";

export type TeamInvitationData = {
  /** Null if the product sends the invitation, or if the name looks like a link or an address. */
  inviterName: string | null;
  /** Null if the name looks like a link or an address. */
  tenantName: string | null;
  /** The same name for the subject, or null if the reader's address is unconfirmed. */
  subjectName: string | null;
  role: string;
  url: string;
  expiresAt: Date;
};

/** The reader may never have heard of the product. They join when they accept on the page behind the link. */
export function TeamInvitation({ inviterName, tenantName, role, url, expiresAt }: TeamInvitationData) {
  const { invitation, teamInvitation: text } = useEmailText();
  const workspace = tenantName ? invitation.quoted(tenantName) : invitation.aWorkspace;
  return (
    <>
      <Title>{invitation.title(workspace)}</Title>
      <Paragraph>
        {inviterName
          ? invitation.bodyFrom(invitation.quoted(inviterName), workspace, role)
          : invitation.body(workspace, role)}
      </Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.expiry(expiresAt)}</Note>
      <Note>{text.notYou}</Note>
      <LinkFallback href={url} />
    </>
  );
}
