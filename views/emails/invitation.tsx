import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { FirstPassword, type WayIn } from "./first_password.tsx";

export type InvitationData = WayIn & {
  /** Null if the product sends the invitation, or if the name looks like a link or an address. */
  inviterName: string | null;
  /** Null if the name looks like a link or an address. */
  tenantName: string | null;
  role: string;
};

/** The reader may never have heard of the product. They are already a member and only have to sign in. */
export function Invitation({ inviterName, tenantName, role, url, expiryDays }: InvitationData) {
  const workspace = tenantName ? `“${tenantName}”` : "a workspace";
  return (
    <>
      <Title>Join {workspace}</Title>
      <Paragraph>
        {inviterName ? `“${inviterName}” invited you` : "You're invited"} to join {workspace} as{" "}
        {withArticle(role)}.
      </Paragraph>
      {expiryDays ? <FirstPassword url={url} expiryDays={expiryDays} /> : <SignIn url={url} />}
      <Note>
        {expiryDays
          ? "If you didn't expect this, ignore this email. Nobody can sign in with your address until a password is chosen."
          : "If you didn't expect this, ignore this email. Your password and your other workspaces don't change."}
      </Note>
      <LinkFallback href={url} />
    </>
  );
}

function SignIn({ url }: { url: string }) {
  return (
    <>
      <Paragraph>Sign in with this email address and your password.</Paragraph>
      <ActionButton href={url}>Sign in</ActionButton>
    </>
  );
}

function withArticle(role: string): string {
  return /^[aeiou]/i.test(role) ? `an ${role}` : `a ${role}`;
}
