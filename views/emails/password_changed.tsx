import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";

export type PasswordChangedData = {
  /** Null if the address is unconfirmed. */
  name: string | null;
  /** Where the reader resets the password. */
  url: string;
  /** Where the change came from, so that the reader can tell whether it was theirs. */
  ipAddress: string;
  /** Such as "Firefox on Linux". */
  browser: string;
};

export function PasswordChanged({ name, url, ipAddress, browser }: PasswordChangedData) {
  const { brand } = useEmail();
  return (
    <>
      <Title>Your password was changed</Title>
      <Paragraph>
        {name ? `Hi ${name}, the` : "The"} password of your {brand.name} account was changed from{" "}
        {browser}, IP address {ipAddress}. All other browsers and programs were signed out.
      </Paragraph>
      <Paragraph>If it was you, there's nothing to do. If it wasn't, reset your password now.</Paragraph>
      <ActionButton href={url}>Reset your password</ActionButton>
      <Note>Choose a password that you use nowhere else.</Note>
      <LinkFallback href={url} />
    </>
  );
}
