import type { EmailBrand, EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["reset_password"];

export const subject = (_: Props, brand: EmailBrand) => `Choose a new password for ${brand.name}`;

export const preheader = ({ expiryMinutes }: Props) =>
  `The link works for ${
    formatQuantity(expiryMinutes, "minute")
  }. If you didn't ask for it, ignore this email.`;

/** To someone who forgot their password. */
export function Content({ name, url, expiryMinutes, ipAddress, browser }: Props) {
  const { brand } = useEmail();
  return (
    <>
      <Title>Choose a new password</Title>
      <Paragraph>
        {name ? `Hello ${name}, someone` : "Someone"} asked for a new password for your {brand.name}{" "}
        account with this address. If it was you, choose one now.
      </Paragraph>
      <ActionButton href={url}>Choose a new password</ActionButton>
      <Note>
        The link works once, for{" "}
        {formatQuantity(expiryMinutes, "minute")}. Your new password signs you out everywhere.
      </Note>
      <Note>
        If it wasn't you, ignore this email: your password stays the same. The request came from{" "}
        {browser}, IP address {ipAddress}.
      </Note>
      <LinkFallback href={url} />
    </>
  );
}
