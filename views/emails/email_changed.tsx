import { ActionButton, LinkFallback, Paragraph, Title } from "./email_components.tsx";
import { type EmailBrowser, useEmail } from "./email_context.ts";
import { OriginFacts } from "./origin_facts.tsx";
import { useEmailText } from "./text.ts";

export type EmailChangedData = {
  /** `requested`: the new address is not confirmed yet, and may never be. */
  stage: "requested" | "done";
  /** Null if the former address was never confirmed. */
  name: string | null;
  newAddress: string | null;
  /** Where the reader stops a change that is only requested. */
  url: string | null;
  /** Whom the reader tells of a change that is done: an email or web address. */
  contact: string | null;
  /** Where the change came from. Null if the product's operator made it. */
  origin: { ipAddress: string; browser: EmailBrowser } | null;
};

/** Goes to the address that the account has, or had. */
export function EmailChanged(
  { stage, name, newAddress, url, contact, origin }: EmailChangedData,
) {
  const { brand } = useEmail();
  const { hello, emailChanged } = useEmailText();
  const text = emailChanged[stage];
  return (
    <>
      <Title>{text.title}</Title>
      {name ? <Paragraph>{hello(name)}</Paragraph> : null}
      <Paragraph>{text.body(brand.name)}</Paragraph>
      {newAddress ? <Paragraph>{emailChanged.newEmail(newAddress)}</Paragraph> : null}
      {origin ? <OriginFacts {...origin} /> : null}
      <Paragraph>{text.whatToDo}</Paragraph>
      {contact ? <Paragraph>{emailChanged.contact(contact)}</Paragraph> : null}
      {url !== null ? <ActionButton href={url}>{emailChanged.button}</ActionButton> : null}
      {url !== null ? <LinkFallback href={url} /> : null}
    </>
  );
}
