import type { EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { FirstPassword } from "./first_password.tsx";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["invitation"];

export const subject = ({ inviterName, tenantName }: Props) =>
  inviterName ? `${inviterName} invites you to ${tenantName}` : `You are invited to ${tenantName}`;

export const preheader = ({ expiryDays }: Props) =>
  expiryDays
    ? `Choose a password within ${formatQuantity(expiryDays, "day")}, and sign in.`
    : "Sign in with the password that you have.";

/** To someone who may never have heard of the product. They are a member already: what is left to do is to sign in. */
export function Content({ inviterName, tenantName, role, url, expiryDays }: Props) {
  return (
    <>
      <Title>Join {tenantName}</Title>
      <Paragraph>
        {inviterName ? `${inviterName} gives you` : "You are given"} access to {tenantName}, with the role of
        {" "}
        {role}.
      </Paragraph>
      {expiryDays
        ? (
          <>
            <FirstPassword url={url} expiryDays={expiryDays} />
            <Note>
              If you don't expect this, ignore this message: as long as no password is chosen, nobody can sign
              in with your address.
            </Note>
          </>
        )
        : (
          <>
            <Paragraph>Sign in with this email address and the password that you have.</Paragraph>
            <ActionButton href={url}>Sign in</ActionButton>
            <Note>
              If you don't expect this, ignore this message: your password and your other workspaces stay as
              they are.
            </Note>
          </>
        )}
      <LinkFallback href={url} />
    </>
  );
}
