import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { type EmailBrowser, useEmail } from "./email_context.ts";
import { OriginFacts } from "./origin_facts.tsx";
import { useEmailText } from "./text.ts";

export type PasswordChangedData = {
  /** Null if the address is unconfirmed. */
  name: string | null;
  /** Where the reader resets the password. */
  url: string;
  /** Where the change came from, so that the reader can tell whether it was theirs. */
  ipAddress: string;
  browser: EmailBrowser;
};

export function PasswordChanged({ name, url, ...origin }: PasswordChangedData) {
  const { brand } = useEmail();
  const { hello, passwordChanged: text } = useEmailText();
  return (
    <>
      <Title>{text.title}</Title>
      {name ? <Paragraph>{hello(name)}</Paragraph> : null}
      <Paragraph>{text.body(brand.name)}</Paragraph>
      <OriginFacts {...origin} />
      <Paragraph>{text.whatToDo}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.advice}</Note>
      <LinkFallback href={url} />
    </>
  );
}
