import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { type EmailBrowser, useEmail } from "./email_context.ts";
import { OriginFacts } from "./origin_facts.tsx";
import { useEmailText } from "./text.ts";

export type ResetPasswordData = {
  /** Null if the address is unconfirmed. */
  name: string | null;
  url: string;
  expiryMinutes: number;
  /** Where the request came from, so that the reader can tell whether it was theirs. Null if support sent the link. */
  origin: { ipAddress: string; browser: EmailBrowser } | null;
};

export function ResetPassword({ name, url, expiryMinutes, origin }: ResetPasswordData) {
  const { brand } = useEmail();
  const { hello, resetPassword: text } = useEmailText();
  return (
    <>
      <Title>{text.title}</Title>
      {name ? <Paragraph>{hello(name)}</Paragraph> : null}
      <Paragraph>{origin ? text.body(brand.name) : text.bodyFromSupport(brand.name)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.expiry(expiryMinutes)}</Note>
      <Note>{text.notYou}</Note>
      {origin ? <OriginFacts {...origin} /> : null}
      <LinkFallback href={url} />
    </>
  );
}
