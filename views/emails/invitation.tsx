import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { FirstPassword } from "./first_password.tsx";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["invitation"];

/** Names are strangers' words to some readers: they stand in the text only. */
export const subject = () => "You're invited to join a workspace";

export const preheader = ({ expiryDays }: Props) =>
  expiryDays
    ? `Choose a password within ${formatQuantity(expiryDays, "day")}, and sign in.`
    : "Sign in with your password.";

/** To someone who may never have heard of the product. They are a member already: all they have to do is sign in. */
export function Content({ inviterName, tenantName, role, url, expiryDays }: Props) {
  return (
    <>
      <Title>Join {tenantName ? `“${tenantName}”` : "a workspace"}</Title>
      <Paragraph>
        {inviterName ? `“${inviterName}” invited you` : "You're invited"} to join{" "}
        {tenantName ? `“${tenantName}”` : "a workspace"} as {withArticle(role)}.
      </Paragraph>
      {expiryDays
        ? (
          <>
            <FirstPassword url={url} expiryDays={expiryDays} />
            <Note>
              If you don't expect this, ignore this email. Nobody can sign in with your address until a
              password is chosen.
            </Note>
          </>
        )
        : (
          <>
            <Paragraph>Sign in with this email address and your password.</Paragraph>
            <ActionButton href={url}>Sign in</ActionButton>
            <Note>
              If you don't expect this, ignore this email. Your password and your other workspaces stay the
              same.
            </Note>
          </>
        )}
      <LinkFallback href={url} />
    </>
  );
}

function withArticle(role: string): string {
  return /^[aeiou]/i.test(role) ? `an ${role}` : `a ${role}`;
}
