import { ActionButton, LinkFallback, Note, Paragraph, Title } from "./email_components.tsx";
import { useEmail } from "./email_context.ts";
import { useEmailText } from "./text.ts";

export type VerifyAddressData = { url: string; expiryHours: number };

/** The reader may never have signed up. */
export function VerifyAddress({ url, expiryHours }: VerifyAddressData) {
  const { brand } = useEmail();
  const text = useEmailText().verifyAddress;
  return (
    <>
      <Title>{text.title}</Title>
      <Paragraph>{text.body(brand.name)}</Paragraph>
      <ActionButton href={url}>{text.button}</ActionButton>
      <Note>{text.expiry(expiryHours)}</Note>
      <Note>{text.notYou}</Note>
      <LinkFallback href={url} />
    </>
  );
}
