import { ActionButton, Facts, LinkFallback, Paragraph, Title } from "./email_components.tsx";
import { type EmailBrowser, useEmail } from "./email_context.ts";
import { OriginFacts } from "./origin_facts.tsx";
import { useEmailText } from "./text.ts";

export type FactorChangedData = {
  /** Null if the address is unconfirmed. */
  name: string | null;
  type: "totp" | "sms" | "email" | "passkey";
  /** The name that the factor has. Null if the address is unconfirmed. */
  factor: string | null;
  /** Where the reader sees their second factors. */
  url: string;
  /** Where the change came from. Null if the product's operator made it. */
  origin: { ipAddress: string; browser: EmailBrowser } | null;
};

export function FactorAdded(data: FactorChangedData) {
  return <FactorChanged {...data} text={useEmailText().factorAdded} />;
}

export function FactorRemoved(data: FactorChangedData) {
  return <FactorChanged {...data} text={useEmailText().factorRemoved} />;
}

type Text = { title: string; body: (product: string) => string; whatToDo: string; button: string };

function FactorChanged({ name, type, factor, url, origin, text }: FactorChangedData & { text: Text }) {
  const { brand } = useEmail();
  const { hello, factorTypes, factorFacts } = useEmailText();
  const facts: [string, string][] = [[factorFacts.type, factorTypes[type]]];
  if (factor && factor !== factorTypes[type]) facts.push([factorFacts.name, factor]);
  return (
    <>
      <Title>{text.title}</Title>
      {name ? <Paragraph>{hello(name)}</Paragraph> : null}
      <Paragraph>{text.body(brand.name)}</Paragraph>
      <Facts facts={facts} />
      {origin ? <OriginFacts {...origin} /> : null}
      <Paragraph>{text.whatToDo}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <LinkFallback href={url} />
    </>
  );
}
