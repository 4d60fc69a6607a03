import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";
import { formatQuantity } from "./formats.ts";

export type ResetPasswordData = {
  /** Null if the address is unconfirmed. */
  name: string | null;
  url: string;
  expiryMinutes: number;
  /** Where the request came from, so that the reader can tell whether it was theirs. */
  ipAddress: string;
  /** Such as "Firefox on Linux". */
  browser: string;
};

export function ResetPassword({ name, url, expiryMinutes, ipAddress, browser }: ResetPasswordData) {
  const { brand } = useEmail();
  return (
    <>
      <Title>Reset your password</Title>
      <Paragraph>
        {name ? `Hi ${name}, someone` : "Someone"} requested a new password for the {brand.name}{" "}
        account with this email address. If it was you, choose one now.
      </Paragraph>
      <ActionButton href={url}>Choose a new password</ActionButton>
      <Note>
        The link works once and expires in{" "}
        {formatQuantity(expiryMinutes, "minute")}. A new password signs you out everywhere.
      </Note>
      <Note>
        If it wasn't you, ignore this email. Your password stays the same. The request came from{" "}
        {browser}, IP address {ipAddress}.
      </Note>
      <LinkFallback href={url} />
    </>
  );
}
