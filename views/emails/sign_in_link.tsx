import { ActionButton, Code, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { type EmailBrowser, useEmail } from "./email_context.ts";
import { OriginFacts } from "./origin_facts.tsx";
import { useEmailText } from "./text.ts";

export type SignInLinkData = {
  /** Null if the address is unconfirmed. */
  name: string | null;
  url: string;
  code: string;
  expiryMinutes: number;
  /** Where the request came from, so that the reader can tell whether it was theirs. */
  ipAddress: string;
  browser: EmailBrowser;
};

export function SignInLink({ name, url, code, expiryMinutes, ...origin }: SignInLinkData) {
  const { brand } = useEmail();
  const { hello, signInLink: text } = useEmailText();
  return (
    <>
      <Title>{text.title}</Title>
      {name ? <Paragraph>{hello(name)}</Paragraph> : null}
      <Paragraph>{text.body(brand.name)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Paragraph>{text.orCode}</Paragraph>
      <Code>{code}</Code>
      <Note>{text.expiry(expiryMinutes)}</Note>
      <Note>{text.notYou}</Note>
      <OriginFacts {...origin} />
      <LinkFallback href={url} />
    </>
  );
}
