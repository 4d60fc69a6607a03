import { ActionButton, Facts, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";
import { useEmailText } from "./text.ts";

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
  const text = useEmailText().resetPassword;
  return (
    <>
      <Title>{text.title}</Title>
      {name ? <Paragraph>{text.hello(name)}</Paragraph> : null}
      <Paragraph>{text.body(brand.name)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.expiry(expiryMinutes)}</Note>
      <Note>{text.notYou}</Note>
      <Facts facts={[[text.browser, browser], [text.ipAddress, ipAddress]]} />
      <LinkFallback href={url} />
    </>
  );
}
