import type { EmailBrand, EmailMessages } from "../../src/email/messages.ts";
import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { formatQuantity } from "./formats.ts";

type Props = EmailMessages["reset_password"];

export const subject = (_: Props, brand: EmailBrand) => `Choose a new password for ${brand.name}`;

export const preheader = ({ expiryMinutes }: Props) =>
  `The link works for ${
    formatQuantity(expiryMinutes, "minute")
  }. If you didn't ask for it, ignore this message.`;

/** To whoever said that they forgot their password. */
export function Content({ name, address, url, expiryMinutes, ipAddress, browser }: Props) {
  return (
    <>
      <Title>Choose a new password</Title>
      <Paragraph>
        Hello {name}, someone asked for a new password for {address}. If it was you, choose one now.
      </Paragraph>
      <ActionButton href={url}>Choose a new password</ActionButton>
      <Note>
        The link works once, for{" "}
        {formatQuantity(expiryMinutes, "minute")}. Your new password signs you out everywhere.
      </Note>
      <Note>
        If it wasn't you, ignore this message: your password stays as it is. The request came from {browser},
        {" "}
        IP address {ipAddress}.
      </Note>
      <LinkFallback href={url} />
    </>
  );
}
