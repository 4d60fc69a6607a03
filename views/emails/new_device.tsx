import { ActionButton, LinkFallback, Paragraph, Title } from "./email_components.tsx";
import { type EmailBrowser, useEmail } from "./email_context.ts";
import { OriginFacts } from "./origin_facts.tsx";
import { useEmailText } from "./text.ts";

export type NewDeviceData = {
  /** Null if the address is unconfirmed. */
  name: string | null;
  /** Where the reader signs the browser out. */
  url: string;
  ipAddress: string;
  browser: EmailBrowser;
};

export function NewDevice({ name, url, ...origin }: NewDeviceData) {
  const { brand } = useEmail();
  const { hello, newDevice: text } = useEmailText();
  return (
    <>
      <Title>{text.title}</Title>
      {name ? <Paragraph>{hello(name)}</Paragraph> : null}
      <Paragraph>{text.body(brand.name)}</Paragraph>
      <OriginFacts {...origin} />
      <Paragraph>{text.whatToDo}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <LinkFallback href={url} />
    </>
  );
}
