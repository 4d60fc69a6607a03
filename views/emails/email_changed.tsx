import { ActionButton, Facts, LinkFallback, Paragraph, Title } from "./email_components.tsx";
import { type EmailBrowser, useEmail } from "./email_context.ts";
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
  ipAddress: string;
  browser: EmailBrowser;
};

/** Goes to the address that the account has, or had. */
export function EmailChanged(
  { stage, name, newAddress, url, contact, browser, ipAddress }: EmailChangedData,
) {
  const { brand } = useEmail();
  const { hello, emailChanged, origin } = useEmailText();
  const text = emailChanged[stage];
  const facts: [string, string][] = [[origin.browser, origin.browserName(browser)], [
    origin.ipAddress,
    ipAddress,
  ]];
  return (
    <>
      <Title>{text.title}</Title>
      {name ? <Paragraph>{hello(name)}</Paragraph> : null}
      <Paragraph>{text.body(brand.name)}</Paragraph>
      <Facts facts={newAddress ? [[emailChanged.newEmail, newAddress], ...facts] : facts} />
      <Paragraph>{text.whatToDo}</Paragraph>
      {contact ? <Paragraph>{contact}</Paragraph> : null}
      {url ? <ActionButton href={url}>{emailChanged.button}</ActionButton> : null}
      {url ? <LinkFallback href={url} /> : null}
    </>
  );
}
