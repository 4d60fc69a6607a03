import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { FirstPassword, type WayIn } from "./first_password.tsx";
import { useEmailText } from "./text.ts";

export type InvitationData = WayIn & {
  /** Null if the product sends the invitation, or if the name looks like a link or an address. */
  inviterName: string | null;
  /** Null if the name looks like a link or an address. */
  tenantName: string | null;
  /** The same name for the subject, or null if the reader's address is unconfirmed. */
  subjectName: string | null;
  role: string;
};

/** The reader may never have heard of the product. They are already a member and only have to sign in. */
export function Invitation({ inviterName, tenantName, role, url, expiryDays }: InvitationData) {
  const text = useEmailText().invitation;
  const workspace = tenantName ? text.quoted(tenantName) : text.aWorkspace;
  return (
    <>
      <Title>{text.title(workspace)}</Title>
      <Paragraph>
        {inviterName ? text.bodyFrom(text.quoted(inviterName), workspace, role) : text.body(workspace, role)}
      </Paragraph>
      {expiryDays ? <FirstPassword url={url} expiryDays={expiryDays} /> : <SignIn url={url} />}
      <Note>{expiryDays ? text.notYouNew : text.notYou}</Note>
      <LinkFallback href={url} />
    </>
  );
}

function SignIn({ url }: { url: string }) {
  const text = useEmailText().invitation;
  return (
    <>
      <Paragraph>{text.signIn}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
    </>
  );
}
