import type { BillingFacts, BillingMessage } from "./billing_text.en.ts";
import { billingText } from "./billing_text.ts";
import { ActionButton, Facts, LinkFallback, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";

export type BillingEmailData = BillingFacts & {
  message: BillingMessage;
  /** Null if the address is unconfirmed: a stranger may have chosen the name. */
  tenantName: string | null;
  url: string;
};

/** Every email about money: what happened, what it is about, and the one thing to do. */
export function BillingEmail({ message, tenantName, url, ...facts }: BillingEmailData) {
  const text = billingText.of(useEmail().locale);
  const said = text.messages[message];
  const details = ([
    [text.facts.workspace, tenantName],
    [text.facts.plan, facts.planName],
    [text.facts.invoice, facts.number],
    [text.facts.amount, facts.amount],
  ] as [string, string | null][]).flatMap(([label, value]): [string, string][] =>
    value === null ? [] : [[label, text.facts.value(value)]]
  );
  return (
    <>
      <Title>{said.subject(facts)}</Title>
      {said.body(facts).map((paragraph) => <Paragraph key={paragraph}>{paragraph}</Paragraph>)}
      <Facts facts={details} />
      <ActionButton href={url}>{said.button}</ActionButton>
      <LinkFallback href={url} />
    </>
  );
}
