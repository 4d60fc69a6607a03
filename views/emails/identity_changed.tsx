import { ActionButton, LinkFallback, Paragraph, Title } from "./email_components.tsx";
import { type EmailBrowser, useEmail } from "./email_context.ts";
import { OriginFacts } from "./origin_facts.tsx";
import { useEmailText } from "./text.ts";

export type IdentityChangedData = {
  /** Null if the address is unconfirmed. */
  name: string | null;
  /** Such as Google. */
  providerName: string;
  /** The address at the provider. Null if the provider hasn't verified it. */
  accountName: string | null;
  /** Where the reader sees their connected accounts. */
  url: string;
  ipAddress: string;
  browser: EmailBrowser;
};

export function IdentityConnected(data: IdentityChangedData) {
  return <IdentityChanged {...data} text={useEmailText().identityConnected} />;
}

export function IdentityDisconnected(data: IdentityChangedData) {
  return <IdentityChanged {...data} text={useEmailText().identityDisconnected} />;
}

type Text = {
  title: (provider: string) => string;
  body: (account: string, product: string) => string;
  whatToDo: string;
  button: string;
};

function IdentityChanged(
  { name, providerName, accountName, url, text, ...origin }: IdentityChangedData & { text: Text },
) {
  const { brand } = useEmail();
  const { hello } = useEmailText();
  const account = accountName ? `${providerName} (${accountName})` : providerName;
  return (
    <>
      <Title>{text.title(providerName)}</Title>
      {name ? <Paragraph>{hello(name)}</Paragraph> : null}
      <Paragraph>{text.body(account, brand.name)}</Paragraph>
      <OriginFacts {...origin} />
      <Paragraph>{text.whatToDo}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <LinkFallback href={url} />
    </>
  );
}
